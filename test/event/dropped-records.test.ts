import { describe, expect, it } from "vitest";
import { findDropped } from "../../src/event/dropped-records.ts";
import { reasonCode } from "../../src/event/reason.ts";
import { columnOf, decoderOf, NOW, planOf, recordsOf } from "./records-of.ts";

const tick = { now: NOW };
const time = new Date(NOW).toISOString();
const plan = planOf([columnOf({ name: "x" }), columnOf({ name: "y" })], { needsId: true });

function decode(values: Parameters<typeof recordsOf>[0]) {
  return decoderOf([plan]).decode(recordsOf(values), tick);
}

describe("findDropped", () => {
  it("finds nothing where everything was counted, or nobody asked for it", () => {
    const decoded = decode([{ id: "a", time, features: { x: 1 } }, null]);
    expect(findDropped(decoded, 10)).toEqual({ records: [], leftOut: 0 });
  });

  it("tells records without a row and rows with a reason in offset order", () => {
    const faulty = { time, features: { x: "much", y: {} } };
    const decoded = decode([
      { id: "a", time, features: { x: "a fault is no drop" } },
      faulty,
      "nonsense",
      { id: "b", time, model: "none" },
      { id: "c", time },
    ]);
    decoded.batches[0].reason[2] = reasonCode("late");
    expect(findDropped(decoded, 10)).toEqual({
      records: [
        {
          offset: 11,
          reason: "invalid",
          recordTime: NOW,
          rows: [{ row: 0, reason: "invalid", model: "m", time: NOW, envelope: ["id"], columns: ["x", "y"] }],
        },
        { offset: 12, reason: "undecodable", detail: "json", rows: [] },
        { offset: 13, reason: "unknown-model", rows: [] },
        {
          offset: 14,
          reason: "late",
          recordTime: NOW,
          rows: [{ row: 0, reason: "late", model: "m", time: NOW, columns: [] }],
        },
      ],
      leftOut: 0,
    });
  });

  it("keeps the rows of one record together, and says which they are", () => {
    const decoded = decode(["a", "b", "c"].map((id) => ({ id, time })));
    const [batch] = decoded.batches;
    batch.offset.set([7, 7, 8]);
    batch.reason.set([0, reasonCode("late"), reasonCode("duplicate")]);
    const { records } = findDropped(decoded, 10);
    expect(records.map(({ offset, rows }) => [offset, rows.map(({ row }) => row)])).toEqual([
      [7, [1]],
      [8, [0]],
    ]);
  });

  it("tells so many and counts the rest", () => {
    const decoded = decode([...Array.from({ length: 5 }, () => "nonsense"), { time }, { time }]);
    const { records, leftOut } = findDropped(decoded, 6);
    expect(records.map(({ reason }) => reason)).toEqual([...Array(5).fill("undecodable"), "invalid"]);
    expect(leftOut).toBe(1);
    expect(findDropped(decoded, 0)).toEqual({ records: [], leftOut: 7 });
  });

  it("tells the first rows of a record that has too many", () => {
    const decoded = decode(Array.from({ length: 300 }, () => ({ time })));
    decoded.batches[0].offset.fill(5);
    const { records, leftOut } = findDropped(decoded, 10);
    expect([records.length, records[0].rows.length, leftOut]).toEqual([1, 100, 0]);
  });
});
