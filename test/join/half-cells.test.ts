import { expect, test } from "vitest";
import type { EventPlan } from "../../src/event/batch.ts";
import { addFault, createBatch, resetBatch } from "../../src/event/columns.ts";
import {
  contentHash,
  HALF,
  halfWidth,
  markFault,
  packCells,
  unpackCells,
} from "../../src/join/half-cells.ts";

const COLUMNS = 33;
const columns = Array.from({ length: COLUMNS }, (_, c) => ({
  name: `c${c}`,
  type: c % 3 === 0 ? ("category" as const) : ("number" as const),
  role: "feature" as const,
  pii: false,
  categories: c % 3 === 0 ? ["a", "b"] : [],
}));
const plan: EventPlan = { model: "m", needsId: true, columns };

function batchOf(rows: number) {
  const dictionaries = columns.map(({ type, categories }) =>
    type === "number" ? undefined : { categories },
  );
  const batch = createBatch({ plan, dictionaries, versions: [""], capacity: 8 });
  resetBatch(batch, 8);
  batch.rows = rows;
  return batch;
}

const POSITIONS = columns.map((_, c) => c);

test("every kind of cell comes back as it was: numbers, codes, nothing, a NaN that was sent, a fault", () => {
  const batch = batchOf(2);
  const row = 1;
  const values = [-0, 1e308, 2 ** 53 + 2, Number.NaN, Infinity, 0.1];
  for (const [c, column] of batch.columns.entries()) {
    if (c % 5 === 4) continue;
    column.validity[row >> 3] |= 1 << (row & 7);
    if (column.type === "number") column.values[row] = values[c % values.length];
    else column.codes[row] = c % 2 === 0 ? 1 : 7;
  }
  // Cell 4 is a fault, the other fifth ones are missing.
  addFault(batch, row, 4);
  const cells = new Float64Array(halfWidth(COLUMNS));
  packCells(batch, row, cells);
  markFault(cells, 4);
  const into = batchOf(1);
  unpackCells(cells, POSITIONS, into);
  const cellsOf = ({ columns: cellColumns }: typeof batch, at: number): unknown[] =>
    cellColumns.map((column) => [
      (column.validity[0] >> at) & 1,
      column.type === "number" ? column.values[at] : column.codes[at],
    ]);
  expect(cellsOf(into, 1)).toEqual(cellsOf(batch, row));
  expect(into.faults).toBe(1);
  expect([into.faultRow[0], into.faultColumn[0]]).toEqual([1, 4]);
});

function hashOf(change: (cells: Float64Array) => void): number {
  const cells = new Float64Array(halfWidth(3));
  cells.set([9, 1000, 2, 0b010101, 1.5, 2.5, 3.5]);
  change(cells);
  return contentHash(new Uint32Array(cells.buffer));
}

test("the content's hash tells every field apart but where and when the record was", () => {
  const usual = hashOf(() => undefined);
  expect(Number.isSafeInteger(usual)).toBe(true);
  expect(
    hashOf((cells) => {
      cells[HALF.offset] = 77;
      cells[HALF.recordTime] = 5;
    }),
  ).toBe(usual);
  const hashes = new Set([usual]);
  for (let field = HALF.version; field < halfWidth(3); field++) {
    for (const value of [0.25, -7, 1e9]) {
      hashes.add(
        hashOf((cells) => {
          cells[field] = value;
        }),
      );
    }
  }
  expect(hashes.size).toBe(1 + 3 * 5);
});

test("hashes of many contents that differ little do not meet", () => {
  const hashes = new Set<number>();
  for (let i = 0; i < 100_000; i++) {
    hashes.add(
      hashOf((cells) => {
        cells[4] = i;
      }),
    );
  }
  expect(hashes.size).toBe(100_000);
});
