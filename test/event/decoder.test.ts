import { describe, expect, it } from "vitest";
import { DROP_REASONS } from "../../src/event/reason.ts";
import type { EventBatch } from "../../src/event/batch.ts";
import type { RecordBatch } from "../../src/event/records.ts";
import { cellsOf, columnOf, decoderOf, NOW, planOf, recordsOf, streamOf } from "./records-of.ts";

const tick = { now: NOW };
const plan = planOf([columnOf({ name: "x" })]);
const at = (ms: number) => new Date(ms).toISOString();

function reasonsOf(batch: EventBatch): (string | undefined)[] {
  return [...batch.reason.subarray(0, batch.rows)].map((code) => DROP_REASONS[code - 1]);
}

describe("decode", () => {
  it("accounts for every record", () => {
    const decoder = decoderOf([plan]);
    const huge = Buffer.alloc(100_001, 0x20);
    const decoded = decoder.decode(
      recordsOf([{ time: at(NOW) }, null, huge, "nonsense", { time: at(NOW) }, ""]),
      tick,
    );
    expect(decoded.ledger).toEqual({ decoded: 2, undecodable: 2, ignored: 1, oversize: 1 });
    expect(decoded.rows).toBe(2);
    expect([...decoded.undecodableTime]).toEqual([NOW, NOW]);
    expect([...decoded.undecodableAfter]).toEqual([1, 2]);
    expect([...decoded.batches[0].offset.subarray(0, 2)]).toEqual([10, 14]);
    expect(decoded.nextOffset).toBe(16);
  });

  it("reads the native layout", () => {
    const native = planOf([
      columnOf({ name: "amount" }),
      columnOf({ name: "card", type: "category", categories: ["visa"] }),
      columnOf({ name: "new", type: "boolean" }),
      columnOf({ name: "region", type: "category", role: "segment", categories: ["eu", "us"] }),
      columnOf({ name: "prediction.score", role: "output" }),
      columnOf({ name: "prediction.decision", role: "output", type: "category", categories: ["no", "yes"] }),
      columnOf({ name: "prediction.value", role: "output" }),
    ]);
    const event = {
      id: "a",
      time: at(NOW),
      model: "m",
      version: "v7",
      segment: { region: "us" },
      features: { amount: 12.5, card: "visa", new: true },
      prediction: { score: 0.25, decision: "yes", probabilities: { yes: 0.25 }, value: 7 },
      meta: { trace: [1, 2, 3] },
    };
    const decoded = decoderOf([native]).decode(
      recordsOf([event, { ...event, version: 8, features: { card: "amex" }, segment: {} }]),
      tick,
    );
    const [batch] = decoded.batches;
    expect(cellsOf(batch, 0)).toEqual([12.5, "visa", "true", "us", 0.25, "yes", 7]);
    expect(cellsOf(batch, 1)).toEqual([undefined, "unseen", undefined, undefined, 0.25, "yes", 7]);
    expect([...batch.version.subarray(0, 2)].map((code) => batch.versions[code])).toEqual(["v7", "8"]);
    expect(batch.time[0]).toBe(NOW);
    expect(reasonsOf(batch)).toEqual([undefined, undefined]);
  });

  it("reads through pointers, into arrays too, headers, the key and fixed values", () => {
    const map = {
      id: { key: true },
      time: { header: "at" },
      model: { value: "m" },
      version: { header: "version" },
      features: { pointer: "/in/0/x~1y" },
      score: { pointer: "/out/1" },
      segment: { pointer: "/in/1" },
    } as const;
    const columns = [
      columnOf({ name: "a/b" }),
      columnOf({ name: "s", role: "segment", type: "category", categories: ["one", "two"] }),
      columnOf({ name: "prediction.score", role: "output" }),
    ];
    const decoder = decoderOf([planOf(columns, { needsId: true })], streamOf({ format: "json", map }));
    const decoded = decoder.decode(
      recordsOf([{ in: [{ "x/y": { "a/b": 4, s: "one" } }, { s: "two" }], out: [1, 0.5, 2] }], {
        keys: [Buffer.from("id-1")],
        headers: [{ at: String(NOW), version: [Buffer.from("v2"), "v3"] }],
      }),
      tick,
    );
    const [batch] = decoded.batches;
    expect(cellsOf(batch, 0)).toEqual([4, "two", 0.5]);
    expect(batch.time[0]).toBe(NOW);
    expect(batch.versions[batch.version[0]]).toBe("v2");
    expect(reasonsOf(batch)).toEqual([undefined]);
    expect(batch.idHigh[0] + batch.idLow[0]).toBeGreaterThan(0);
  });

  it("looks for a segment column in segment, then in features", () => {
    const segment = planOf([
      columnOf({ name: "s", role: "segment", type: "category", categories: ["one", "two"] }),
      columnOf({ name: "s", type: "category", categories: ["one", "two"] }),
    ]);
    const decoded = decoderOf([segment]).decode(
      recordsOf([
        { segment: { s: "one" }, features: { s: "two" } },
        { features: { s: "two" }, segment: { s: "one" } },
        { features: { s: "two" }, segment: { s: null } },
        { features: { s: "two" } },
        { features: { s: 5.5 }, segment: {} },
        { features: { s: "two" }, segment: { s: 5.5 } },
        '{"features":{"s":"two"},"segment":{"s":"one"},"segment":{}}',
        '{"features":{"s":"two"},"features":{}}',
      ]),
      tick,
    );
    const seen = Array.from({ length: 8 }, (_, row) => cellsOf(decoded.batches[0], row));
    expect(seen).toEqual([
      ["one", "two"],
      ["one", "two"],
      ["two", "two"],
      ["two", "two"],
      ["fault", "fault"],
      ["fault", "two"],
      ["two", "two"],
      [undefined, undefined],
    ]);
  });

  it("calls a wrong type and a value outside the declared limits a fault of its cell alone", () => {
    const columns = [
      columnOf({ name: "n", minimum: 0, maximum: 10 }),
      columnOf({ name: "c", type: "category", categories: ["1"] }),
      columnOf({ name: "b", type: "boolean" }),
    ];
    const decoded = decoderOf([planOf(columns)]).decode(
      recordsOf([
        { features: { n: "12", c: 1.5, b: 1 } },
        { features: { n: -1, c: true, b: "true" } },
        { features: { n: 11, c: [], b: {} } },
        { features: { n: 10, c: "1", b: false } },
        { features: { n: true, c: null, b: null } },
        '{"features":{"n":1e400,"c":"1","b":true}}',
      ]),
      tick,
    );
    const seen = Array.from({ length: 6 }, (_, row) => cellsOf(decoded.batches[0], row));
    expect(seen).toEqual([
      ["fault", "fault", "fault"],
      ["fault", "fault", "fault"],
      ["fault", "fault", "fault"],
      [10, "1", "false"],
      ["fault", undefined, undefined],
      ["fault", "1", "true"],
    ]);
    const [batch] = decoded.batches;
    expect([...batch.faultRow.subarray(0, batch.faults)]).toEqual([0, 0, 0, 1, 1, 1, 2, 2, 2, 4, 5]);
    expect(Number.isNaN(batch.columns[0].type === "number" ? batch.columns[0].values[0] : 0)).toBe(true);
  });

  it("takes truths of every kind", () => {
    const labels = streamOf({ role: "labels" });
    const truths = [true, false, 1, 0, 0.5, "yes", "1", null, {}];
    const records = recordsOf(truths.map((truth) => ({ truth })));
    const read = (type: "number" | "category" | "boolean", categories: string[] = []) => {
      const truth = columnOf({ name: "truth", role: "truth", type, categories });
      const decoded = decoderOf([planOf([truth])], labels).decode(records, tick);
      return truths.map((_, row) => cellsOf(decoded.batches[0], row)[0]);
    };
    expect(read("number")).toEqual([1, 0, 1, 0, 0.5, 1, 1, undefined, "fault"]);
    const categories = ["yes", "1", "0", "true"];
    expect(read("category", categories)).toEqual([
      "true",
      "unseen",
      "1",
      "0",
      "unseen",
      "yes",
      "1",
      undefined,
      "fault",
    ]);
    expect(read("boolean")).toEqual([
      "true",
      "false",
      "true",
      "false",
      "fault",
      "fault",
      "fault",
      undefined,
      "fault",
    ]);
  });

  it("learns categories up to a limit where the plan says so", () => {
    const learn = planOf([columnOf({ name: "c", type: "category", categories: ["old"], learn: true })]);
    const decoder = decoderOf([learn]);
    decoder.decode(recordsOf([{ features: { c: "first" } }]), tick);
    const decoded = decoder.decode(
      recordsOf([
        { features: { c: "ä" } },
        { features: { c: "first" } },
        { features: { c: "x".repeat(2_000) } },
      ]),
      tick,
    );
    expect([0, 1, 2].map((row) => cellsOf(decoded.batches[0], row)[0])).toEqual(["ä", "first", "unseen"]);
  });

  it("tells at most 64 versions apart", () => {
    const records = Array.from({ length: 70 }, (_, i) => ({ version: i % 2 === 0 ? `v${i}` : i }));
    const [batch] = decoderOf([plan]).decode(recordsOf([...records, {}, { version: true }]), tick).batches;
    expect(batch.versions.length).toBe(66);
    expect(batch.versions[batch.version[63]]).toBe("63");
    expect(batch.versions[batch.version[64]]).toBe("other");
    expect(batch.version[70]).toBe(0);
    expect(reasonsOf(batch).at(-1)).toBe("invalid");
  });

  it("keeps no name of a model that nobody knows beside personal data", () => {
    const records = (): RecordBatch => recordsOf([{ features: { x: 1 }, model: "none", time: at(NOW) }]);
    for (const plan of [planOf([columnOf({ name: "x", pii: true })]), planOf([], { hidesIds: true })]) {
      const decoder = decoderOf([plan]);
      expect(decoder.decode(records(), tick).unroutable).toEqual({ "unknown-model": 1 });
      expect(decoder.unknownModels).toEqual([]);
    }
  });

  it("sends every record to its model, and counts those of no model", () => {
    const plans = [planOf([columnOf({ name: "x" })]), planOf([columnOf({ name: "y" })], { model: "other" })];
    const decoder = decoderOf(plans);
    const names = ["m", "other", "other", "m", "none", undefined, 5, "m"];
    const decoded = decoder.decode(
      recordsOf(names.map((model, i) => ({ features: { x: i, y: -i }, model, time: at(NOW) }))),
      tick,
    );
    expect(decoded.ledger.decoded).toBe(8);
    expect(decoded.unroutable).toEqual({ "unknown-model": 3 });
    expect(decoder.unknownModels).toEqual(["none"]);
    expect([...decoded.sequence.subarray(0, decoded.rows)]).toEqual([0, 1, 1, 0, 0]);
    expect([0, 1, 2].map((row) => cellsOf(decoded.batches[0], row)[0])).toEqual([0, 3, 7]);
    expect([0, 1].map((row) => cellsOf(decoded.batches[1], row)[0])).toEqual([-1, -2]);
    expect([...decoded.batches[1].offset.subarray(0, 2)]).toEqual([11, 12]);
  });

  it("finds the model in a header", () => {
    const plans = [planOf([columnOf({ name: "x" })]), planOf([columnOf({ name: "x" })], { model: "other" })];
    const decoder = decoderOf(plans, streamOf({ map: { model: { header: "model" } } }));
    const headers = [{ model: "other" }, { model: Buffer.from("m") }, {}, { model: "none" }];
    const decoded = decoder.decode(
      recordsOf(
        headers.map(() => ({ features: { x: 1 } })),
        { headers },
      ),
      tick,
    );
    expect([...decoded.sequence.subarray(0, decoded.rows)]).toEqual([1, 0]);
    expect(decoded.unroutable).toEqual({ "unknown-model": 2 });
  });

  it("hashes ids, the same for text and for its number, and drops rows that need one and have none", () => {
    const decoder = decoderOf([planOf([columnOf({ name: "x" })], { needsId: true })]);
    const ids = ["12", 12, "13", "\u0031\u0032", "", null, true, {}];
    const records = recordsOf([...ids.map((id) => ({ id, time: at(NOW) })), '{"id":"\\u0031\\u0032"}']);
    const [batch] = decoder.decode(records, tick).batches;
    const hashes = Array.from({ length: 9 }, (_, row) => `${batch.idHigh[row]} ${batch.idLow[row]}`);
    expect(hashes[1]).toBe(hashes[0]);
    expect(hashes[3]).toBe(hashes[0]);
    expect(hashes[8]).toBe(hashes[0]);
    expect(hashes[2]).not.toBe(hashes[0]);
    expect(reasonsOf(batch).slice(0, 8)).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
      "invalid",
      "invalid",
      "invalid",
      "invalid",
    ]);
  });

  it("grows with its batches and forgets the last one", () => {
    const decoder = decoderOf([plan]);
    const many = Array.from({ length: 3_000 }, (_, i) => ({ features: { x: i === 7 ? "fault" : i } }));
    const [grown] = decoder.decode(recordsOf(many), tick).batches;
    expect(grown.capacity).toBe(4_096);
    expect(cellsOf(grown, 2_999)).toEqual([2_999]);
    expect(grown.faults).toBe(1);
    const again = decoder.decode(recordsOf(many.map(() => ({}))), tick);
    expect(again.batches[0]).toBe(grown);
    expect(grown.faults).toBe(0);
    expect(cellsOf(grown, 8)).toEqual([undefined]);
  });

  it("answers an empty batch without moving", () => {
    const empty: RecordBatch = recordsOf([]);
    expect(decoderOf([plan]).decode(empty, tick)).toMatchObject({ rows: 0, nextOffset: -1 });
  });
});
