import { expect, it } from "vitest";
import { BINS_TAIL, CATEGORIES_TAIL } from "../../src/counts/tails.ts";
import { faultyColumns } from "../../src/verdict/faulty-columns.ts";

it("finds the faulty cells of every column in a whole window, most first", () => {
  const bins = 3 + BINS_TAIL.length;
  const categories = 2 + CATEGORIES_TAIL.length;
  const layout = {
    id: "",
    stride: 4 + bins + categories + bins,
    sections: [
      { kind: "arrivals", column: "", offset: 0, length: 4 },
      { kind: "bins", column: "amount", offset: 4, length: bins },
      { kind: "categories", column: "region", offset: 4 + bins, length: categories },
      { kind: "bins", column: "age", offset: 4 + bins + categories, length: bins },
    ],
  } as const;
  const sum = new Float64Array(layout.stride);
  sum[4 + 3 + BINS_TAIL.invalid] = 2;
  sum[4 + bins + 2 + CATEGORIES_TAIL.invalid] = 7;
  expect(faultyColumns(layout, sum)).toEqual([
    { column: "region", cells: 7 },
    { column: "amount", cells: 2 },
  ]);
});
