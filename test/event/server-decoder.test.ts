import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import type { DecodedRecords } from "../../src/event/batch.ts";
import { columnOf, decoderOf, planOf, recordsOf, streamOf } from "./records-of.ts";
import { decode, event, halves, inputs, kserve, outputs, shown, tick, v2 } from "./server-sent.ts";
import type { Sent } from "./server-sent.ts";

describe("requests and responses of model servers", () => {
  it("stand in the batch of their half, in the order of the records", () => {
    const decoded = decode(
      [
        { value: { instances: [{ x: 1 }, { x: 2 }] }, headers: event("request") },
        { value: { predictions: [0.5] }, headers: event("response", { ce_inferenceservicename: "other" }) },
        { value: { predictions: [0.25, 0.75] }, headers: event("response") },
      ],
      [...halves("m"), ...halves("other")],
      kserve,
    );
    expect(decoded.batches.map(({ rows }) => rows)).toEqual([2, 2, 0, 1]);
    expect([...decoded.sequence.subarray(0, decoded.rows)]).toEqual([0, 0, 3, 1, 1]);
    expect(decoded.batches.map(({ offset, rows }) => [...offset.subarray(0, rows)])).toEqual([
      [10, 10],
      [12, 12],
      [],
      [11],
    ]);
    expect([...decoded.batches[0].rowsOfRecord.subarray(0, 2)]).toEqual([2, 0]);
    expect([...decoded.batches[0].rowInRecord.subarray(0, 2)]).toEqual([0, 1]);
    const [asked, answered] = decoded.batches;
    expect([...asked.idHigh.subarray(0, 2), ...asked.idLow.subarray(0, 2)]).toEqual([
      ...answered.idHigh.subarray(0, 2),
      ...answered.idLow.subarray(0, 2),
    ]);
    expect(asked.idLow[0]).not.toBe(asked.idLow[1]);
  });

  it("make the batches grow, and leave nothing of one call in the next", () => {
    const decoder = decoderOf(halves("m"), streamOf(kserve));
    const many = Array.from({ length: 3_000 }, (_, i) => i);
    const call = (rows: readonly object[]): DecodedRecords =>
      decoder.decode(
        recordsOf([{ instances: rows }, { instances: rows }], {
          headers: [event("request"), event("request")],
        }),
        tick,
      );
    const large = call(many.map((i) => ({ x: i })));
    expect(large.rows).toBe(6_000);
    expect([...large.batches[0].columns[0].validity.subarray(0, 750)].every((byte) => byte === 255)).toBe(
      true,
    );
    expect(large.batches[0].idLow[3_001]).toBe(large.batches[0].idLow[1]);
    const small = call(many.map(() => ({ y: 0 })));
    const [column] = small.batches[0].columns;
    expect([...column.validity.subarray(0, 750)].every((byte) => byte === 0)).toBe(true);
    expect(column.type === "number" && column.values.subarray(0, 6_000).every(Number.isNaN)).toBe(true);
    expect([...small.batches[0].rowsOfRecord.subarray(0, 6_000)].filter((rows) => rows > 0)).toEqual([
      3_000, 3_000,
    ]);
  });

  it("are ignored where they are the other half", () => {
    const response = { model_name: "m", outputs: [{ name: "p", datatype: "FP32", shape: [1], data: [1] }] };
    const both = [
      { value: v2(1), key: "a" },
      { value: response, key: "a" },
      { value: { error: "no" }, key: "b" },
    ];
    const asked = decode(both, inputs("m"), { format: "oip-v2", role: "inputs" });
    expect(asked.ledger).toMatchObject({ decoded: 1, ignored: 2 });
    const answered = decode(both, outputs("m"), { format: "oip-v2", role: "outputs" });
    expect(answered.ledger).toMatchObject({ decoded: 2, ignored: 1 });
    expect(shown(answered)).toMatchObject([{}, { reason: "failed" }]);
  });

  it("say of a failed call which one it was", () => {
    const failures: Sent[] = [
      { value: "", headers: event("response") },
      { value: { error: "no", predictions: [] }, headers: event("response", { ce_id: "b" }) },
      { value: { error: "no" }, headers: event("response", { ce_id: "" }) },
    ];
    const decoded = decode(failures, halves("m"), kserve);
    expect(shown(decoded)).toMatchObject([
      { half: "output", reason: "failed" },
      { half: "output", reason: "failed" },
      { id: "none", reason: "invalid" },
    ]);
    expect(decoded.ledger).toMatchObject({ decoded: 3 });
  });

  it("are read packed, and refused where they unpack to too much", () => {
    const zeros = gzipSync(Buffer.alloc(1_000_000, 0x20));
    const cut = gzipSync(JSON.stringify(v2(1))).subarray(0, 30);
    const decoded = decode(
      [gzipSync(JSON.stringify(v2(1, 2))), zeros, cut].map((value) => ({ value, headers: event("request") })),
      halves("m"),
      kserve,
    );
    expect(decoded.ledger).toEqual({ decoded: 1, undecodable: 1, ignored: 0, oversize: 1 });
    expect(decoded.rows).toBe(2);
  });

  it("give back the room that a large call took", () => {
    const decoder = decoderOf(halves("m"), streamOf(kserve));
    const rows = (count: number): object[] => Array.from({ length: count }, () => ({ x: 1 }));
    const room = (count: number): number => {
      const instances = rows(count / 10);
      const records = Array.from({ length: 10 }, () => ({ instances }));
      const batch = recordsOf(records, { headers: records.map(() => event("request")) });
      return decoder.decode(batch, tick).batches[0].capacity;
    };
    expect([100_000, 90_000, 1_000, 1_000].map(room)).toEqual([131_072, 131_072, 131_072, 1_024]);
  });

  it("are refused where they are nearly nothing but missing cells", () => {
    const columns = Array.from({ length: 100 }, (_, k) => columnOf({ name: `x-${k}` }));
    const plan = planOf(columns, { needsId: true, half: "input" });
    const scalars = (rows: number): object => ({ instances: Array.from({ length: rows }, () => 1) });
    const whole = { instances: Array.from({ length: 300 }, () => columns.map(() => 1)) };
    const sent = [scalars(64), scalars(3_000), whole].map((value) => ({ value, headers: event("request") }));
    const { ledger, rows } = decode(sent, [plan], kserve);
    expect(ledger).toEqual({ decoded: 2, undecodable: 0, ignored: 0, oversize: 1 });
    expect(rows).toBe(364);
  });

  it("of other components, kinds and of no kind are ignored or undecodable", () => {
    const ignored = [
      event("request", { ce_component: "transformer" }),
      event("request", { ce_type: "dev.knative.other" }),
      event("request", { ce_type: "io.seldon.serving.inference.request" }),
    ];
    const wrong = [event("request", { ce_specversion: "2.0" }), event("response"), {}];
    const decoded = decode(
      [...ignored, ...wrong].map((headers) => ({ value: { instances: [{ x: 1 }] }, headers })),
      halves("m"),
      kserve,
    );
    expect(decoded.ledger).toEqual({ decoded: 0, undecodable: 3, ignored: 3, oversize: 0 });
    const transformer = decode(
      [
        { value: v2(1), headers: ignored[0] },
        { value: v2(1), headers: event("request") },
      ],
      halves("m"),
      {
        ...kserve,
        component: "transformer",
      },
    );
    expect(transformer.ledger).toMatchObject({ decoded: 1, ignored: 1 });
  });

  it("that say of a server how it is are ignored", () => {
    const about = [
      { ready: true },
      { live: true },
      { name: "m", versions: ["1"], platform: "p", inputs: [] },
      { models: [] },
    ];
    const decoded = decode(
      about.map((value) => ({ value, headers: event("response") })),
      halves("m"),
      kserve,
    );
    expect(decoded.ledger).toMatchObject({ ignored: 4 });
  });
});
