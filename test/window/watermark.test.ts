import { describe, expect, it } from "vitest";
import { modelWatermark, type PartitionProgress } from "../../src/window/watermark.ts";

const MODEL = { pane: 60_000, lateness: 120_000 };
const NEVER = Number.NEGATIVE_INFINITY;

function partition(watermark: number, given: Partial<PartitionProgress> = {}): PartitionProgress {
  return { watermark, idle: false, ended: false, ...given };
}

describe("modelWatermark", () => {
  it.each<[string, PartitionProgress[], number]>([
    ["the least of all partitions", [partition(30), partition(10), partition(20)], 10],
    ["held by a partition that nobody owns or has read", [partition(30), partition(NEVER)], NEVER],
    ["not held by an idle partition", [partition(30), partition(10, { idle: true })], 30],
    [
      "not held by an idle partition that never had a record",
      [partition(30), partition(NEVER, { idle: true })],
      30,
    ],
    ["not held by an ended partition", [partition(30), partition(10, { ended: true })], 30],
    [
      "with all idle, enough to close the pane of the highest event time",
      [partition(30, { idle: true }), partition(10, { idle: true })],
      30 + MODEL.pane + MODEL.lateness,
    ],
    ["with all idle before any event, nothing", [partition(NEVER, { idle: true })], NEVER],
    [
      "with some ended and the rest idle, the same flush",
      [partition(30, { ended: true }), partition(10, { idle: true })],
      180_030,
    ],
    [
      "with all ended, the end of time",
      [partition(30, { ended: true }), partition(10, { ended: true })],
      Number.POSITIVE_INFINITY,
    ],
    ["without partitions, nothing", [], NEVER],
  ])("is %s", (_, partitions, expected) => {
    expect(modelWatermark(partitions, MODEL)).toBe(expected);
  });
});
