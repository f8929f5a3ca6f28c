import { describe, expect, it } from "vitest";
import type { DecodedRecords } from "../../src/event/batch.ts";
import { NOW } from "./records-of.ts";
import { decode, event, halves, inputs, kserve, outputs, shown, v2 } from "./server-sent.ts";
import type { Sent } from "./server-sent.ts";

describe("the envelope of requests and responses", () => {
  it("are of the model that the map, the envelope, the body or the stream names", () => {
    const body = { model_name: "b", outputs: [{ name: "p", datatype: "FP32", shape: [1], data: [1] }] };
    const modelsOf = (decoded: DecodedRecords): string[] =>
      decoded.batches.flatMap(({ rows, plan }) => (rows > 0 ? [plan.model] : []));
    const stream = { format: "oip-v2", role: "outputs" } as const;
    const sent = { value: body, key: "k", headers: { model: Buffer.from("c") } };
    expect(modelsOf(decode([sent], outputs("a", "b", "c"), stream))).toEqual(["b"]);
    expect(
      modelsOf(decode([sent], outputs("a", "b", "c"), { ...stream, map: { model: { value: "a" } } })),
    ).toEqual(["a"]);
    expect(
      modelsOf(decode([sent], outputs("a", "b", "c"), { ...stream, map: { model: { header: "model" } } })),
    ).toEqual(["c"]);
    expect(
      modelsOf(decode([sent], outputs("a", "b"), { ...stream, map: { model: { pointer: "/model_name" } } })),
    ).toEqual(["b"]);
    const asked = { value: v2(1), key: "k" };
    expect(modelsOf(decode([asked], inputs("only"), { format: "oip-v2", role: "inputs" }))).toEqual(["only"]);
    const [first] = [decode([asked], inputs("a", "b"), { format: "oip-v2", role: "inputs" })];
    expect(first.unroutable).toEqual({ "unknown-model": 1 });
    const service = event("response", { ce_inferenceservicename: "a" });
    expect(
      modelsOf(
        decode([{ value: body, headers: service }], outputs("a", "b"), { ...kserve, role: "outputs" }),
      ),
    ).toEqual(["a"]);
  });

  it("count every row of a model that nobody knows", () => {
    const decoded = decode(
      [{ value: v2(1, 2, 3), headers: event("request", { ce_inferenceservicename: "../x" }) }],
      halves("m"),
      kserve,
    );
    expect(decoded.unroutable).toEqual({ "unknown-model": 3 });
    expect(decoded.ledger).toEqual({ decoded: 1, undecodable: 0, ignored: 0, oversize: 0 });
    expect(decoded.rows).toBe(0);
  });

  it("take id, time and version from where the map says", () => {
    const map = {
      id: { header: "trace", as: "hex" },
      time: { header: "at" },
      version: { header: "v" },
    } as const;
    const headers = event("request", {
      trace: "ff",
      at: "2026-01-01T00:00:01Z",
      v: "v9",
      ce_endpoint: "canary",
    });
    const [row] = shown(decode([{ value: v2(1), headers }], halves("m"), { ...kserve, map }));
    const plain = decode(
      [{ value: v2(1), headers: event("request", { ce_id: "255" }) }],
      halves("m"),
      kserve,
    );
    expect(row).toMatchObject({ time: "2026-01-01T00:00:01.000Z", version: "v9" });
    expect(row).toMatchObject({ id: Reflect.get(shown(plain)[0], "id") });
    const without = decode([{ value: v2(1), headers: event("request") }], halves("m"), { ...kserve, map });
    expect(shown(without)).toMatchObject([{ id: "none", reason: "invalid" }]);
  });

  it("have the version of the body before that of the endpoint, and the time of the record without one", () => {
    const headers = event("response", { ce_endpoint: "canary" });
    const body = (version: object): object => ({ ...version, predictions: [0.5] });
    const decoded = decode(
      [
        { value: body({ model_version: "3" }), headers },
        { value: body({}), headers },
        { value: body({}), headers: event("response") },
      ],
      halves("m"),
      kserve,
    );
    expect(shown(decoded).map((row) => Reflect.get(row, "version"))).toEqual(["3", "canary", ""]);
    expect(shown(decoded)).toMatchObject([{}, {}, { time: new Date(NOW).toISOString() }]);
  });

  it("have the id of the key, of a header or of the body, in this order", () => {
    const stream = { format: "oip-v2", role: "inputs" } as const;
    const idOf = (sent: Omit<Sent, "value">, value: object = { ...v2(1), id: "body" }): unknown =>
      Reflect.get(shown(decode([{ ...sent, value }], inputs("m"), stream))[0], "id");
    const known = ["key", "request", "ce", "body"].map((key) => idOf({ key }));
    const headers = { "x-request-id": "request", "ce-id": "ce" };
    expect(new Set(known).size).toBe(4);
    expect([
      idOf({ key: "key", headers }),
      idOf({ key: "", headers }),
      idOf({ headers: { "ce-id": "ce" } }),
      idOf({}),
      idOf({}, v2(1)),
    ]).toEqual([...known, "none"]);
  });

  it("are doubtful where they are said twice, unless the map says where they stand", () => {
    const twice = event("request", {
      ce_id: ["a", "b"],
      ce_time: ["2026-01-01T00:00:00Z", "2026-01-01T00:00:01Z"],
      own: "c",
    });
    expect(shown(decode([{ value: v2(1), headers: twice }], halves("m"), kserve))).toMatchObject([
      { id: "none", reason: "invalid" },
    ]);
    const map = { id: { header: "own" }, time: { value: "2026-01-01T00:00:02Z" } };
    const [row] = shown(decode([{ value: v2(1), headers: twice }], halves("m"), { ...kserve, map }));
    expect(row).toMatchObject({ time: "2026-01-01T00:00:02.000Z" });
    expect(row).not.toHaveProperty("reason");
  });
});
