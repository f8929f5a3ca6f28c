import { tableFromIPC, tableToIPC, Table } from "apache-arrow";
import { describe, expect, it } from "vitest";
import { wrapBatch } from "../../src/event/arrow.ts";
import { columnOf, decoderOf, NOW, planOf, recordsOf } from "./records-of.ts";

const plan = planOf([
  columnOf({ name: "n" }),
  columnOf({ name: "c", type: "category", categories: ["a", "b"] }),
  columnOf({ name: "flag", type: "boolean" }),
]);
const events = [
  { n: 1.5, c: "b", flag: true },
  { n: null, c: "z", flag: "?" },
  { n: 3, c: null, flag: false },
];

describe("wrapBatch", () => {
  it("is an Arrow record batch over the same memory", () => {
    const [batch] = decoderOf([plan]).decode(recordsOf(events.map((features) => ({ features, time: NOW }))), {
      now: NOW,
    }).batches;
    const wrapped = wrapBatch(batch);
    const [offset, , time, n, c] = wrapped.data.children;
    expect(offset.values.buffer).toBe(batch.offset.buffer);
    expect(time.values.buffer).toBe(batch.time.buffer);
    const [number, category] = batch.columns;
    expect(n.values.buffer).toBe(number.type === "number" ? number.values.buffer : undefined);
    expect(n.nullBitmap.buffer).toBe(number.validity.buffer);
    expect(c.values.buffer).toBe(category.type === "category" ? category.codes.buffer : undefined);
    expect(c.nullBitmap.buffer).toBe(category.validity.buffer);
  });

  it("can be written as Arrow IPC and read back", () => {
    const [batch] = decoderOf([plan]).decode(recordsOf(events.map((features) => ({ features, time: NOW }))), {
      now: NOW,
    }).batches;
    const read = tableFromIPC(tableToIPC(new Table(wrapBatch(batch)), "file"));
    expect(read.numRows).toBe(3);
    expect([...(read.getChild("n") ?? [])]).toEqual([1.5, null, 3]);
    expect([...(read.getChild("c") ?? [])]).toEqual(["b", "(unseen)", null]);
    expect([...(read.getChild("flag") ?? [])]).toEqual(["true", null, "false"]);
    expect([...(read.getChild("offset") ?? [])]).toEqual([10, 11, 12]);
  });
});
