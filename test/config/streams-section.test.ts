import { expect, test } from "vitest";
import { completeStream } from "../../src/config/streams-section.ts";

const SECTION = {
  role: "inference",
  map: { model: { value: "M" }, version: { header: "Model-Version" }, time: "/T" },
} as const;

test("headers of HTTP are found whatever their case; those of Kafka are as they are written", () => {
  const sent = completeStream("s", { ...SECTION, http: true }, (path) => path);
  expect(sent.map).toEqual({
    model: { value: "M" },
    version: { header: "model-version" },
    time: { pointer: "/T" },
  });
  const read = completeStream("s", { ...SECTION, topic: "t" }, (path) => path);
  expect(read.map["version"]).toEqual({ header: "Model-Version" });
});
