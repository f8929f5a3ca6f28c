import { expect, it } from "vitest";
import { REFUSALS, type RefusedRecords } from "../../src/event/refusal.ts";
import { columnOf, decoderOf, NOW, planOf, recordsOf } from "./records-of.ts";

const tick = { now: NOW };
const plan = planOf([columnOf({ name: "x" })]);
const event = { time: new Date(NOW).toISOString() };

function refusalsOf({ count, offsets, why }: RefusedRecords): [number, string | undefined][] {
  return Array.from({ length: count }, (_, i) => [offsets[i], REFUSALS[why[i]]]);
}

it("names every record that gave no row", () => {
  const huge = Buffer.alloc(100_001, 0x20);
  const records = recordsOf([event, null, huge, "nonsense", { ...event, model: "none" }, event, ""]);
  expect(refusalsOf(decoderOf([plan]).decode(records, tick).refused)).toEqual([
    [11, "ignored"],
    [12, "oversize"],
    [13, "undecodable"],
    [14, "unknown-model"],
    [16, "undecodable"],
  ]);
});

it("names the records of a call, however many, and not those of the one before", () => {
  const decoder = decoderOf([plan]);
  const garbage = Array.from({ length: 200 }, () => "nonsense");
  const { refused } = decoder.decode(recordsOf(garbage), tick);
  expect(refusalsOf(refused)).toHaveLength(200);
  expect(refusalsOf(refused)[199]).toEqual([209, "undecodable"]);
  expect(decoder.decode(recordsOf([event]), tick).refused.count).toBe(0);
});
