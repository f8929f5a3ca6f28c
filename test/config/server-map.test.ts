import { expect, test } from "vitest";
import { checkServerMap } from "../../src/config/server-map.ts";
import type { StreamSection } from "../../src/config/generated/driftd.ts";

const SECTION: StreamSection = { role: "inputs", topic: "asked", format: "oip-v2" };

const faultsOf = (map: StreamSection["map"], format: StreamSection["format"] = "oip-v2"): string[] =>
  checkServerMap({ ...SECTION, format, ...(map && { map }) }).map(
    ({ path, message }) => `${path.join(".")} ${message}`,
  );

test("a map of requests and responses names what stands around their tensors, and outputs", () => {
  const map = {
    id: "/id",
    model: { pointer: "/model_name" },
    version: { header: "v" },
    time: { header: "at" },
    score: "/predict_proba-1",
  };
  expect(faultsOf(map)).toEqual([]);
  expect(faultsOf(undefined)).toEqual([]);
});

test("what it cannot find is a fault, and not a field that is always missing", () => {
  expect(faultsOf({ id: "/txn", time: { pointer: "/time" }, features: "/inputs", segment: "/who" })).toEqual([
    "map.features is no part of a request: columns are found by the names of tensors; name them with names",
    "map.segment is no part of a request: columns are found by the names of tensors; name them with names",
    "map.id a request or response has its id at /id alone; write { header: NAME }, or leave it out",
    "map.time a request or response has no time inside; write { header: NAME }, or leave it out",
  ]);
});

test("other formats have any place", () => {
  expect(faultsOf({ id: "/txn", time: "/time", features: "/x" }, "json")).toEqual([]);
});
