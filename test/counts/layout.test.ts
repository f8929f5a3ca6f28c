import { describe, expect, it } from "vitest";
import { prepareBins } from "../../src/counts/bins.ts";
import { prepareCategories } from "../../src/counts/categories.ts";
import { buildGrid, nextUp } from "../../src/counts/grid.ts";
import { buildLayout, extendedSections } from "../../src/counts/layout.ts";
import { ARRIVALS, binsLength, categoriesLength } from "../../src/counts/tails.ts";

function numbers(column: string, values: readonly number[]) {
  const grid = buildGrid(Float64Array.from(values));
  return prepareBins({ column, grid, counts: new Float64Array(binsLength(grid)) });
}

function names(column: string, categories: readonly string[]) {
  return prepareCategories({ column, categories, counts: new Float64Array(categoriesLength(categories)) });
}

describe("buildLayout", () => {
  const refs = [numbers("amount", [1, 2, 3]), names("region", ["eu", "us"])];

  it("puts arrivals first and the columns behind them without gaps", () => {
    const layout = buildLayout(refs, { pane: 60_000 });
    expect(layout.sections.map(({ kind, column }) => `${kind} ${column}`)).toEqual([
      "arrivals ",
      "bins amount",
      "categories region",
    ]);
    expect(layout.sections[0]?.length).toBe(ARRIVALS.length);
    let end = 0;
    for (const section of layout.sections) {
      expect(section.offset).toBe(end);
      end += section.length;
    }
    expect(layout.stride).toBe(end);
  });

  it("keeps sums and cells right behind what they extend, in sections that hold both", () => {
    const layout = buildLayout(refs, { pane: 60_000, extended: new Set(["amount", "region"]) });
    const plain = buildLayout(refs, { pane: 60_000 });
    const [, bins, categories, sums, distinct] = layout.sections;
    expect(layout.sections.map(({ kind }) => kind)).toEqual([
      "arrivals",
      "bins",
      "categories",
      "sums",
      "distinct",
    ]);
    expect(bins).toEqual(plain.sections[1]);
    expect(sums.offset).toBe(bins.offset);
    expect(categories.offset).toBe(sums.offset + sums.length);
    expect(distinct.offset).toBe(categories.offset);
    expect(layout.stride).toBe(distinct.offset + distinct.length);
    expect(extendedSections(layout, refs)).toEqual([sums, distinct]);
    expect(extendedSections(plain, refs)).toEqual([undefined, undefined]);
  });

  it("has the same id for the same meaning, and another one for any other", () => {
    const { id } = buildLayout(refs, { pane: 60_000 });
    expect(id).toMatch(/^[0-9a-f]{16}$/);
    expect(
      buildLayout([numbers("amount", [3, 1, 2]), names("region", ["eu", "us"])], { pane: 60_000 }).id,
    ).toBe(id);
    const others = [
      buildLayout(refs, { pane: 300_000 }),
      buildLayout(refs.toReversed(), { pane: 60_000 }),
      buildLayout([numbers("amount", [1, 2, nextUp(3)]), names("region", ["eu", "us"])], { pane: 60_000 }),
      buildLayout(refs, { pane: 60_000, extended: new Set(["amount"]) }),
      buildLayout(refs, { pane: 60_000, extended: new Set(["region"]) }),
      buildLayout([numbers("price", [1, 2, 3]), names("region", ["eu", "us"])], { pane: 60_000 }),
      buildLayout([numbers("amount", [1, 2, 3]), names("region", ["us", "eu"])], { pane: 60_000 }),
      buildLayout([numbers("amount", [1, 2, 3]), names("region", ["eu,us", ""])], { pane: 60_000 }),
    ];
    expect(new Set([id, ...others.map((layout) => layout.id)]).size).toBe(others.length + 1);
  });
});
