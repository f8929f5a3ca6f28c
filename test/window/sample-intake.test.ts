import { describe, expect, it } from "vitest";
import type { EventBatch, EventPlan } from "../../src/event/batch.ts";
import { LEARN_LIMIT } from "../../src/event/batch.ts";
import { addFault, createBatch, resetBatch } from "../../src/event/columns.ts";
import { reasonCode } from "../../src/event/reason.ts";
import { SAMPLE_ROWS } from "../../src/window/learning-plan.ts";
import { SampleIntake } from "../../src/window/sample-intake.ts";
import { batchOfSample, mergeSampled, unpackSampled, type Sampled } from "../../src/window/sampled-rows.ts";

const MINUTE = 60_000;
const BEGIN = Date.UTC(2026, 0, 5);
const LEARNING = { id: "a".repeat(16), span: 60 * MINUTE };
const PLAN: EventPlan = {
  model: "m",
  needsId: false,
  columns: [
    { name: "amount", type: "number", role: "feature", pii: false, categories: [] },
    { name: "region", type: "category", role: "feature", pii: false, categories: [], learn: true },
  ],
};
const PLACE = { stream: "s", partition: 0 };

interface Row {
  readonly offset: number;
  readonly time: number;
  readonly amount: number | undefined;
  readonly region: string | undefined;
}

/** So many rows, spread over the time from BEGIN on. */
function rowsOf(count: number, span = LEARNING.span): Row[] {
  return Array.from({ length: count }, (_, offset) => ({
    offset,
    time: BEGIN + Math.floor((offset / count) * span),
    amount: offset % 7 === 0 ? undefined : offset % 100,
    region: offset % 11 === 0 ? undefined : ["eu", "us", "uk"][offset % 3],
  }));
}

function batchOf(rows: readonly Row[]): { batch: EventBatch; starts: Float64Array } {
  const categories: string[] = [];
  const capacity = Math.max(1, rows.length);
  const batch = createBatch({
    plan: PLAN,
    dictionaries: [undefined, { categories }],
    versions: [""],
    capacity,
  });
  resetBatch(batch, capacity);
  const [amounts, regions] = batch.columns;
  if (amounts.type !== "number" || regions.type !== "category") throw new Error("other columns");
  for (const [row, { offset, time, amount, region }] of rows.entries()) {
    batch.offset[row] = offset;
    batch.time[row] = time;
    if (amount !== undefined) {
      amounts.values[row] = amount;
      amounts.validity[row >> 3] |= 1 << (row & 7);
    }
    if (region === undefined) continue;
    if (!categories.includes(region)) categories.push(region);
    regions.codes[row] = categories.indexOf(region);
    regions.validity[row >> 3] |= 1 << (row & 7);
  }
  batch.rows = rows.length;
  return { batch, starts: Float64Array.from(rows, ({ time }) => Math.floor(time / MINUTE) * MINUTE) };
}

/** What a task has stored in the end, cut into batches of `cut` rows, each committed; it may stop and start again after each. */
function sampleOf(
  rows: readonly Row[],
  { cut, restarts = false }: { readonly cut: number; readonly restarts?: boolean },
): Sampled {
  const stored = new Map<number, Uint8Array>();
  let intake = new SampleIntake(LEARNING);
  for (let from = 0; from < rows.length; from += cut) {
    if (restarts) {
      const record = intake.export();
      intake = new SampleIntake(LEARNING);
      if (record !== undefined) intake.restore(record);
      for (const [start, packed] of stored) intake.restorePane(start, packed);
    }
    const { batch, starts } = batchOf(rows.slice(from, from + cut));
    intake.take(batch, starts, PLACE);
    intake.forEachChanged((start, packed) => stored.set(start, packed));
    intake.settle();
  }
  return mergeSampled([...stored.values()].map(unpackSampled));
}

describe("the sample that a reference is learnt of", () => {
  it("is all rows while there are few", () => {
    const sample = sampleOf(rowsOf(2_000), { cut: 300 });
    expect(sample.rows).toHaveLength(2_000);
    expect(sample.level).toBe(0);
    expect(sample.arrived.reduce((sum, [, rows]) => sum + rows, 0)).toBe(2_000);
    expect(sample.arrived).toHaveLength(60);
  });

  it("is the rows of the smallest ranks, however they were cut, and whatever stops in between", () => {
    const rows = rowsOf(60_000);
    const whole = sampleOf(rows, { cut: rows.length });
    expect(whole.rows).toHaveLength(SAMPLE_ROWS);
    expect(whole.level).toBe(2);
    expect(sampleOf(rows, { cut: 7_001 })).toEqual(whole);
    expect(sampleOf(rows, { cut: 7_001, restarts: true })).toEqual(whole);
    // Without a level of its own: all ranks of all rows.
    const ranks = [0, 1, 2, 3, 4, 5, 6]
      .flatMap((part) => sampleOf(rows.slice(part * 9_000, (part + 1) * 9_000), { cut: 9_000 }).rows)
      .map(({ rank }) => rank)
      .toSorted()
      .slice(0, SAMPLE_ROWS);
    expect(whole.rows.map(({ rank }) => rank)).toEqual(ranks);
  });

  it("is of every hour alike", () => {
    const { rows } = sampleOf(rowsOf(60_000), { cut: 60_000 });
    const early = rows.filter(({ time }) => time < BEGIN + LEARNING.span / 2).length;
    // Half of 10,000, within four standard deviations.
    expect(Math.abs(early - SAMPLE_ROWS / 2)).toBeLessThan(200);
  });

  it("is the same in whatever order parts are put together", () => {
    const rows = rowsOf(40_000);
    const parts = [0, 1, 2, 3].map((part) =>
      sampleOf(
        rows.filter(({ offset }) => offset % 4 === part),
        { cut: 5_000 },
      ),
    );
    const [a, b, c, d] = parts;
    const whole = mergeSampled(parts);
    expect(mergeSampled([d, b, a, c])).toEqual(whole);
    expect(mergeSampled([mergeSampled([a, c]), mergeSampled([d, b])])).toEqual(whole);
    expect(whole.rows).toHaveLength(SAMPLE_ROWS);
  });

  it("takes nothing after its time, unless there were too few rows", () => {
    const many = sampleOf(rowsOf(4_000, 2 * LEARNING.span), { cut: 1_000 });
    expect(many.arrived.at(-1)?.[0]).toBe(BEGIN + LEARNING.span - MINUTE);
    const few = sampleOf(rowsOf(1_500, 2 * LEARNING.span), { cut: 100 });
    expect(few.arrived.reduce((sum, [, rows]) => sum + rows, 0)).toBe(1_000);
  });

  it("leaves out what was not measured", () => {
    const intake = new SampleIntake(LEARNING);
    const { batch, starts } = batchOf(rowsOf(10));
    batch.reason[3] = reasonCode("invalid");
    starts[4] = Number.NaN;
    intake.take(batch, starts, PLACE);
    const parts: Sampled[] = [];
    intake.forEachChanged((_, packed) => parts.push(unpackSampled(packed)));
    expect(mergeSampled(parts).rows).toHaveLength(8);
  });

  it("becomes a batch again, cell by cell", () => {
    const intake = new SampleIntake(LEARNING);
    const { batch, starts } = batchOf(rowsOf(30));
    const [amounts, regions] = batch.columns;
    if (amounts.type !== "number" || regions.type !== "category") throw new Error("other columns");
    amounts.values[1] = Number.NaN;
    amounts.values[2] = Number.NEGATIVE_INFINITY;
    amounts.values[3] = 0.1 + 0.2;
    regions.codes[4] = LEARN_LIMIT;
    amounts.validity[0] &= ~(1 << 5);
    addFault(batch, 5, 0);
    intake.take(batch, starts, PLACE);
    const parts: Sampled[] = [];
    intake.forEachChanged((_, packed) => parts.push(unpackSampled(packed)));
    const again = batchOfSample(PLAN, mergeSampled(parts).rows);
    expect(again.rows).toBe(30);
    const [numbers, names] = again.columns;
    if (numbers.type !== "number" || names.type !== "category") throw new Error("other columns");
    expect(numbers.values.subarray(0, 30)).toEqual(
      amounts.values.slice(0, 30).map((value, row) => (row === 5 ? Number.NaN : value)),
    );
    expect(numbers.validity[0]).toBe(amounts.validity[0]);
    expect(again.faults).toBe(1);
    expect([again.faultRow[0], again.faultColumn[0]]).toEqual([5, 0]);
    expect(names.codes[4]).toBe(LEARN_LIMIT);
    const nameAt = ({ codes }: typeof names, list: readonly string[], row: number): string | undefined =>
      list[codes[row]];
    for (let row = 5; row < 30; row++)
      expect(nameAt(names, names.categories, row)).toBe(nameAt(regions, regions.categories, row));
  });

  it("begins anew where its record is of other columns", () => {
    const intake = new SampleIntake(LEARNING);
    intake.restore({ id: "b".repeat(16), begin: BEGIN, byLevel: [5] });
    expect(intake.export()).toBeUndefined();
  });
});
