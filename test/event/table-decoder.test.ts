import { describe, expect, it } from "vitest";
import { DROP_REASONS } from "../../src/event/reason.ts";
import { REFUSALS } from "../../src/event/refusal.ts";
import type { ColumnPlan, EventPlan } from "../../src/event/batch.ts";
import type { TableBatch } from "../../src/event/records.ts";
import type { StreamFormat } from "../../src/config/config.ts";
import { cellsOf, columnOf, decoderOf, NOW, planOf, recordsOf, streamOf } from "./records-of.ts";

const tick = { now: NOW };

function tableOf(columns: TableBatch["columns"], given: Partial<TableBatch> = {}): TableBatch {
  const count = Object.values(columns)[0]?.length ?? 0;
  return { kind: "table", stream: "s", partition: 0, count, firstOffset: 100, columns, end: NaN, ...given };
}

function readColumn(format: StreamFormat, column: ColumnPlan, values: ArrayLike<unknown>) {
  const decoder = decoderOf([planOf([column])], streamOf({ format }));
  const { batches } = decoder.decodeTable(tableOf({ [column.name]: values, truth: values }), tick);
  return Array.from(values, (_, row) => cellsOf(batches[0], row)[0]);
}

describe("decodeTable", () => {
  it("reads a flat table", () => {
    const columns = [
      columnOf({ name: "amount" }),
      columnOf({ name: "card", type: "category", categories: ["visa"] }),
      columnOf({ name: "region", type: "category", role: "segment", categories: ["eu"] }),
      columnOf({ name: "prediction.score", role: "output" }),
      columnOf({ name: "absent" }),
    ];
    const decoder = decoderOf([planOf(columns, { needsId: true })], streamOf({ format: "parquet" }));
    const decoded = decoder.decodeTable(
      tableOf({
        id: ["a", 7, null],
        time: [new Date(NOW), NOW - 1_000, "2026-01-01T23:59:59"],
        version: ["v1", 2n, undefined],
        amount: Float64Array.of(1, NaN, 3),
        card: ["visa", "amex", null],
        region: ["eu", "eu", "eu"],
        score: [0.5, "0.5", null],
      }),
      tick,
    );
    const [batch] = decoded.batches;
    expect(decoded).toMatchObject({ rows: 3, nextOffset: 103, ledger: { decoded: 3, undecodable: 0 } });
    expect(cellsOf(batch, 0)).toEqual([1, "visa", "eu", 0.5, undefined]);
    expect(cellsOf(batch, 1)).toEqual([NaN, "unseen", "eu", "fault", undefined]);
    expect(cellsOf(batch, 2)).toEqual([3, undefined, "eu", undefined, undefined]);
    expect([...batch.time.subarray(0, 3)]).toEqual([NOW, NOW - 1_000, NOW - 1_000]);
    expect([...batch.recordTime.subarray(0, 3)]).toEqual([NOW, NOW, NOW]);
    expect([...batch.offset.subarray(0, 3)]).toEqual([100, 101, 102]);
    expect([...batch.version.subarray(0, 3)].map((code) => batch.versions[code])).toEqual(["v1", "2", ""]);
    expect([...batch.reason.subarray(0, 3)].map((code) => DROP_REASONS[code - 1])).toEqual([
      undefined,
      undefined,
      "invalid",
    ]);
  });

  it("hashes an id as the same id in JSON", () => {
    const plan = planOf([columnOf({ name: "x" })], { needsId: true });
    const [fromTable] = decoderOf([plan], streamOf({ format: "arrow" })).decodeTable(
      tableOf({ id: ["ä", 12n] }),
      tick,
    ).batches;
    const [fromJson] = decoderOf([plan]).decode(recordsOf([{ id: "ä" }, { id: 12 }]), tick).batches;
    expect(fromTable.idHigh.subarray(0, 2)).toEqual(fromJson.idHigh.subarray(0, 2));
    expect(fromTable.idLow.subarray(0, 2)).toEqual(fromJson.idLow.subarray(0, 2));
  });

  it("reads columns of objects and dotted names, and a table in a native stream", () => {
    const columns = [columnOf({ name: "a" }), columnOf({ name: "b" })];
    const map = { features: { pointer: "/in" } };
    const decoder = decoderOf([planOf(columns)], streamOf({ map }));
    const decoded = decoder.decodeTable(tableOf({ in: [{ a: 1 }, null], "in.b": [2, 3] }), tick);
    expect([0, 1].map((row) => cellsOf(decoded.batches[0], row))).toEqual([
      [1, 2],
      [undefined, 3],
    ]);
  });

  it("looks for a segment column in segment, then in features, row by row", () => {
    const s = columnOf({ name: "s", role: "segment", type: "category", categories: ["one", "two"] });
    const map = { segment: { pointer: "/seg" }, features: { pointer: "" } };
    const decoder = decoderOf([planOf([s])], streamOf({ format: "parquet", map }));
    const decoded = decoder.decodeTable(
      tableOf({ seg: [{ s: "one" }, {}, { s: 0.5 }], s: ["two", "two", "two"] }),
      tick,
    );
    expect([0, 1, 2].map((row) => cellsOf(decoded.batches[0], row)[0])).toEqual(["one", "two", "fault"]);
  });

  it("sends every row to its model and keeps faults in the order of rows", () => {
    const plans: EventPlan[] = [
      planOf([columnOf({ name: "x" }), columnOf({ name: "y" })]),
      planOf([columnOf({ name: "y" })], { model: "other" }),
    ];
    const decoder = decoderOf(plans, streamOf({ format: "csv" }));
    const decoded = decoder.decodeTable(
      tableOf(
        {
          model: ["m", "other", "none", "m", null],
          x: ["1", "2", "3", "x", "5"],
          y: ["y", "2", "3", "4", "5"],
        },
        { broken: Uint8Array.of(0, 0, 0, 0, 1) },
      ),
      tick,
    );
    expect(decoded.unroutable).toEqual({ "unknown-model": 1 });
    expect(decoded.ledger).toMatchObject({ decoded: 4, undecodable: 1 });
    expect([...decoded.undecodableAfter]).toEqual([3]);
    const { count, offsets, why } = decoded.refused;
    expect(Array.from({ length: count }, (_, i) => [offsets[i], REFUSALS[why[i]]])).toEqual([
      [102, "unknown-model"],
      [104, "undecodable"],
    ]);
    expect([...decoded.sequence.subarray(0, decoded.rows)]).toEqual([0, 1, 0]);
    const [batch, other] = decoded.batches;
    expect([0, 1].map((row) => cellsOf(batch, row))).toEqual([
      [1, "fault"],
      ["fault", 4],
    ]);
    expect([...batch.faultRow.subarray(0, batch.faults)]).toEqual([0, 1]);
    expect(cellsOf(other, 0)).toEqual([2]);
  });

  it("parses the texts of csv by the column's type", () => {
    const texts = ["1.5", "-2e3", "+.5", "", "NaN", "inf", "1,5", "0x10", " 1", "true"];
    const numbers = [1.5, -2_000, 0.5, undefined, NaN, Infinity, "fault", "fault", "fault", "fault"];
    expect(readColumn("csv", columnOf({ name: "x" }), texts)).toEqual(numbers);
    const flags = readColumn("csv", columnOf({ name: "x", type: "boolean" }), [
      "true",
      "False",
      "1",
      "0",
      "",
      "yes",
      "2",
    ]);
    expect(flags).toEqual(["true", "false", "true", "false", undefined, "fault", "fault"]);
    const words = readColumn("csv", columnOf({ name: "x", type: "category", categories: ["1", "a"] }), [
      "1",
      "a",
      "",
      "b",
    ]);
    expect(words).toEqual(["1", "a", undefined, "unseen"]);
    const truths = readColumn("csv", columnOf({ name: "truth", role: "truth" }), [
      "true",
      "FALSE",
      "1",
      "0.5",
      "yes",
      "maybe",
    ]);
    expect(truths).toEqual([1, 0, 1, 0.5, 1, "fault"]);
  });

  it("does not parse the texts of typed files", () => {
    expect(readColumn("parquet", columnOf({ name: "x" }), ["1", true, 2n, 3, null])).toEqual([
      "fault",
      "fault",
      2,
      3,
      undefined,
    ]);
    expect(readColumn("parquet", columnOf({ name: "x", minimum: 0 }), [1, -1, NaN])).toEqual([
      1,
      "fault",
      NaN,
    ]);
    expect(
      readColumn("arrow", columnOf({ name: "x", type: "boolean" }), [true, false, 1, "true", null]),
    ).toEqual(["true", "false", "fault", "fault", undefined]);
    const category = columnOf({ name: "x", type: "category", categories: ["3", ""] });
    expect(readColumn("arrow", category, [3, 3n, 3.5, true, "", null])).toEqual([
      "3",
      "3",
      "fault",
      "fault",
      "",
      undefined,
    ]);
    const truth = columnOf({ name: "truth", role: "truth", type: "boolean" });
    expect(readColumn("arrow", truth, [true, 1, 0n, 2])).toEqual(["true", "true", "false", "fault"]);
  });

  it("gives the rows before the first valid time that time", () => {
    const decoder = decoderOf([planOf([columnOf({ name: "x" })])], streamOf({ format: "csv" }));
    const { batches } = decoder.decodeTable(
      tableOf({ time: ["", String(NOW - 5_000), String((NOW - 4_000) / 1_000)] }),
      tick,
    );
    expect([...batches[0].time.subarray(0, 3)]).toEqual([NOW - 5_000, NOW - 5_000, NOW - 4_000]);
  });
});
