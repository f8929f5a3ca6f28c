import { describe, expect, it } from "vitest";
import { DROP_REASONS } from "../../src/event/reason.ts";
import { columnOf, decoderOf, NOW, planOf, recordsOf } from "./records-of.ts";
import type { Decoder } from "../../src/event/decoder.ts";

const tick = { now: NOW };
const plan = planOf([columnOf({ name: "x" })]);
const minute = 60_000;

/** Event times in, [record time, time, reason] out, times as ms from NOW. */
function judge(decoder: Decoder, rows: readonly { readonly time?: unknown; readonly stamp?: number }[]) {
  const timestamps = Float64Array.from(rows, ({ stamp }) => stamp ?? NOW);
  const records = recordsOf(
    rows.map(({ time }) => ({ time })),
    { timestamps },
  );
  const [batch] = decoder.decode(records, tick).batches;
  return rows.map((_, row) => [
    batch.recordTime[row] - NOW,
    batch.time[row] - NOW,
    DROP_REASONS[batch.reason[row] - 1] ?? "",
  ]);
}

describe("judgeTime", () => {
  it("gives a row without usable time the lag of the last valid record", () => {
    const seen = judge(decoderOf([plan]), [
      { time: "nonsense" },
      { time: NOW - 5_000 },
      {},
      { time: 0, stamp: NOW + 1_000 },
      { time: "1999-12-31T23:59:59Z" },
      { time: Date.UTC(2100, 0, 1) },
      { time: NOW - 1_000 },
      { time: [] },
    ]);
    expect(seen).toEqual([
      [0, 0, "invalid"],
      [0, -5_000, ""],
      [0, -5_000, "invalid"],
      [1_000, -4_000, "invalid"],
      [0, -5_000, "invalid"],
      [0, -5_000, "invalid"],
      [0, -1_000, ""],
      [0, -1_000, "invalid"],
    ]);
  });

  it("drops what is ahead of its record, and records ahead of the clock, as future", () => {
    const seen = judge(decoderOf([plan]), [
      { time: NOW, stamp: NOW - 5 * minute },
      { time: NOW, stamp: NOW - 5 * minute - 1 },
      { time: NOW, stamp: NOW + 60 * minute },
      { time: NOW, stamp: NOW + 60 * minute + 1 },
      { time: "x", stamp: NOW + 60 * minute + 1 },
      { time: NOW - 2_000 },
      { time: "x" },
    ]);
    expect(seen.map(([, , reason]) => reason)).toEqual(["", "future", "", "future", "future", "", "invalid"]);
    expect(seen.at(-1)).toEqual([0, -2_000, "invalid"]);
  });

  it("believes a record rather than a wall clock that was set back by less than an hour", () => {
    const seen = judge(decoderOf([plan]), [
      { time: NOW + 59 * minute, stamp: NOW + 59 * minute },
      { time: NOW + 60 * minute, stamp: NOW + 60 * minute },
      { time: NOW + 65 * minute, stamp: NOW + 60 * minute },
      { time: NOW + 65 * minute + 1, stamp: NOW + 60 * minute },
      { time: NOW + 61 * minute, stamp: NOW + 61 * minute },
      { time: NOW + 61 * minute, stamp: NaN },
    ]);
    expect(seen.map(([, , reason]) => reason)).toEqual(["", "", "", "invalid", "future", "invalid"]);
    expect(seen.slice(0, 2).map(([, time]) => time)).toEqual([59 * minute, 60 * minute]);
  });

  it("takes the highest event time for the record time of a file", () => {
    const decoder = decoderOf([plan]);
    const day = 24 * 60 * minute;
    const file = [
      { time: "x" },
      {},
      { time: NOW - 9 * day },
      { time: NOW - 5 * day },
      { time: NOW - 6 * day },
      { time: "x" },
    ];
    const rows = file.map((row) => ({ ...row, stamp: NaN }));
    expect(judge(decoder, rows)).toEqual([
      [-9 * day, -9 * day, "invalid"],
      [-9 * day, -9 * day, "invalid"],
      [-9 * day, -9 * day, ""],
      [-5 * day, -5 * day, ""],
      [-5 * day, -6 * day, ""],
      [-5 * day, -6 * day, "invalid"],
    ]);
    expect(judge(decoder, [{ time: "x", stamp: -1 }])).toEqual([[-5 * day, -6 * day, "invalid"]]);
  });

  it("takes up a partition where its stored clock left it", () => {
    const first = decoderOf([plan]);
    judge(first, [{ time: NOW - 3_000 }]);
    const second = decoderOf([plan]);
    second.restore(0, first.clock(0));
    expect(judge(second, [{ time: "x" }])).toEqual([[0, -3_000, "invalid"]]);
    second.restore(0, undefined);
    expect(judge(second, [{ time: "x" }])).toEqual([[0, 0, "invalid"]]);
  });

  it("keeps a clock per partition", () => {
    const decoder = decoderOf([plan]);
    judge(decoder, [{ time: NOW - 3_000 }]);
    const decoded = decoder.decode(recordsOf([{ time: "x" }], { partition: 1 }), tick);
    expect(decoded.batches[0].time[0]).toBe(NOW);
  });

  it("notes an undecodable line of a file at the highest event time", () => {
    const decoder = decoderOf([plan]);
    const timestamps = new Float64Array(3).fill(NaN);
    const decoded = decoder.decode(recordsOf(["{", { time: NOW - 5 }, "{"], { timestamps }), tick);
    expect([...decoded.undecodableTime]).toEqual([NOW - 5, NOW - 5]);
  });
});
