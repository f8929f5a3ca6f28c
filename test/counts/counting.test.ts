import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addArrivals, markFaultyRows } from "../../src/counts/arrivals.ts";
import { binColumn, prepareBins } from "../../src/counts/bins.ts";
import { prepareCategories, slotCategories, slotsOfCodes } from "../../src/counts/categories.ts";
import { buildGrid } from "../../src/counts/grid.ts";
import { ARRIVALS, BINS_TAIL, binsLength, CATEGORIES_TAIL } from "../../src/counts/tails.ts";
import { addSlots, markFaults } from "../../src/counts/slots.ts";
import { pack, unpackInto } from "../../src/counts/packed.ts";
import { addInto } from "../../src/counts/vector.ts";
import { LEARN_LIMIT } from "../../src/event/batch.ts";
import { reasonCode } from "../../src/event/reason.ts";
import { AWKWARD, naiveBin, samples } from "./awkward.ts";
import { batchOf, numberColumn } from "./number-batch.ts";

function refOf(sample: readonly number[]) {
  const grid = buildGrid(Float64Array.from(sample));
  const length = binsLength(grid);
  const ref = prepareBins({ column: "x", grid, counts: new Float64Array(length) });
  return { grid, ref, section: { kind: "bins", column: "x", offset: 0, length } as const };
}

describe("binning and counting a number column", () => {
  const cell = fc.oneof(
    fc.constantFrom(...AWKWARD, Number.NaN, undefined),
    fc.double(),
    fc.integer({ min: -5, max: 5 }),
  );

  it("counts what the naive definition counts", () => {
    fc.assert(
      fc.property(samples, fc.array(cell, { maxLength: 300 }), (sample, cells) => {
        const { grid, ref, section } = refOf(sample);
        const rows = cells.length;
        const slots = new Int32Array(rows);
        binColumn(numberColumn(cells), ref, rows, slots);
        const blocks = new Float64Array(section.length);
        addSlots({ blocks, rowBlock: new Int32Array(rows), section, slots, rows });
        const expected = new Float64Array(section.length);
        const tail = grid.edges.length + 1;
        for (const x of cells) {
          if (x === undefined) expected[tail + BINS_TAIL.missing] += 1;
          else if (Number.isNaN(x)) expected[tail + BINS_TAIL.nan] += 1;
          else {
            expected[naiveBin(grid.edges, x)] += 1;
            if (!Number.isFinite(x)) expected[tail + BINS_TAIL.infinite] += 1;
            // Beyond a reference without finite values there is nothing but the infinite.
            if (x < grid.low || x === Number.NEGATIVE_INFINITY) expected[tail + BINS_TAIL.low] += 1;
            if (x > grid.high || x === Number.POSITIVE_INFINITY) expected[tail + BINS_TAIL.high] += 1;
          }
        }
        expect(blocks).toEqual(expected);
      }),
    );
  });

  it("counts each row in its own vector, and none that is not measured", () => {
    const { grid, ref, section } = refOf([1, 2, 3]);
    const bins = grid.edges.length + 1;
    const slots = new Int32Array(4);
    binColumn(numberColumn([1, 2, 2, 3]), ref, 4, slots);
    const blocks = new Float64Array(2 * section.length);
    const rowBlock = Int32Array.of(0, section.length, -1, section.length);
    addSlots({ blocks, rowBlock, section, slots, rows: 4 });
    const inBins = (start: number) => blocks.subarray(start, start + bins).reduce((sum, n) => sum + n);
    expect(inBins(0)).toBe(1);
    expect(inBins(section.length)).toBe(2);
  });

  it("counts a faulty cell as invalid and not as missing", () => {
    const { ref, section, grid } = refOf([1, 2, 3]);
    const column = numberColumn([1, undefined, undefined]);
    const batch = batchOf([column], 3);
    batch.faults = 2;
    batch.faultRow.set([1, 2]);
    batch.faultColumn.set([0, 1]);
    const slots = new Int32Array(3);
    binColumn(column, ref, 3, slots);
    markFaults(batch, 0, section, slots);
    const blocks = new Float64Array(section.length);
    addSlots({ blocks, rowBlock: new Int32Array(3), section, slots, rows: 3 });
    const tail = grid.edges.length + 1;
    expect(blocks[tail + BINS_TAIL.invalid]).toBe(1);
    expect(blocks[tail + BINS_TAIL.missing]).toBe(1);
  });

  it("stays exact where many edges share a cell, on both maps", () => {
    const close = Array.from({ length: 150 }, (_, i) => 1 + i * Number.EPSILON);
    const far = close.map((value) => value * 2 ** 40);
    const spread = close.map((value) => value * 2 ** 900);
    for (const sample of [
      [...close, ...far],
      [...close, ...far, ...spread, -1e-300, 1e-200],
    ]) {
      const { grid, ref } = refOf(sample);
      const slots = new Int32Array(sample.length);
      binColumn(numberColumn(sample), ref, sample.length, slots);
      const bins = [...slots].map((slot) => slot & 0xfff);
      expect(bins).toEqual(sample.map((value) => naiveBin(grid.edges, value)));
    }
  });

  it("reads a column that begins inside a larger buffer", () => {
    const { ref, section } = refOf(Array.from({ length: 300 }, (_, i) => 10 ** (i / 5 - 30)));
    expect(ref.lookup.map).toBe("word");
    const values = Float64Array.of(7, 1e-12, 1e12).subarray(1);
    const slots = new Int32Array(2);
    binColumn({ type: "number", values, validity: Uint8Array.of(3) }, ref, 2, slots);
    const bins = [...slots].map((slot) => slot & 0xfff);
    expect(bins).toEqual([naiveBin(ref.grid.edges, 1e-12), naiveBin(ref.grid.edges, 1e12)]);
    expect(section.length).toBe(ref.counts.length);
  });
});

describe("counting a category column", () => {
  it("finds a code's place in the reference's own order", () => {
    const counts = Float64Array.of(5, 3, 1, 2, 0, 0);
    const ref = prepareCategories({ column: "c", categories: ["b", "a", "z"], counts });
    expect(ref.total).toBe(11);
    const slotOfCode = slotsOfCodes(["a", "b", "new"], ref);
    const codes = Int32Array.of(0, 1, 2, 3, LEARN_LIMIT, -1);
    const slots = new Int32Array(6);
    slotCategories(
      { type: "category", categories: [], codes, validity: Uint8Array.of(31) },
      slotOfCode,
      6,
      slots,
    );
    const unseen = 3 + CATEGORIES_TAIL.unseen;
    expect([...slots]).toEqual([1, 0, unseen, unseen, unseen, 3 + CATEGORIES_TAIL.missing]);
  });
});

describe("counting arrivals", () => {
  it("tells measured, faulty and invalid rows apart, and counts a row of two faults once", () => {
    const batch = batchOf([], 5);
    batch.reason.set([0, 0, reasonCode("invalid"), reasonCode("future"), 0]);
    batch.faults = 2;
    batch.faultRow = Uint32Array.of(1, 1);
    batch.faultColumn = Uint16Array.of(0, 3);
    const faulty = new Uint8Array(5).fill(1);
    markFaultyRows(batch, faulty);
    const blocks = new Float64Array(ARRIVALS.length);
    addArrivals({ blocks, rowBlock: Int32Array.of(0, 0, 0, 0, -1), offset: 0, batch, faulty });
    expect([...blocks]).toEqual([2, 1, 1, 0]);
  });
});

describe("merging", () => {
  it("is addition, in any order, and subtraction takes it back", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(), fc.nat(), fc.nat())), (triples) => {
        const [a, b, c] = [0, 1, 2].map((k) => Float64Array.from(triples, (triple) => triple[k] ?? 0));
        const left = new Float64Array(triples.length);
        const right = new Float64Array(triples.length);
        for (const part of [a, b, c]) addInto(left, part ?? left);
        for (const part of [c, a, b]) addInto(right, part ?? right);
        expect(left).toEqual(right);
        unpackInto(pack(c ?? left), left, -1);
        unpackInto(pack(b ?? left), left, -1);
        expect(left).toEqual(a);
      }),
    );
  });
});
