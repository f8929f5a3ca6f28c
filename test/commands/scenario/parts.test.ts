import { describe, expect, test } from "vitest";
import { changeParts } from "../../../src/commands/scenario/change-parts.ts";
import { momentsOf, partsOf, type Part } from "../../../src/commands/scenario/parts.ts";
import { prepareCategories } from "../../../src/counts/categories.ts";
import { fitted } from "./scenario-project.ts";

const { counting } = fitted();
const refOf = (name: string) => {
  const found = counting.columns.find(({ ref }) => ref.column === name);
  if (found === undefined) throw new Error(name);
  return found.ref;
};
const amounts = partsOf(refOf("amount"), refOf("amount").counts);
const regions = prepareCategories({
  column: "region",
  categories: ["eu", "us", "uk"],
  counts: Float64Array.of(50, 30, 20, 0, 0, 0),
});

function shareOf(parts: readonly Part[], isIt: (part: Part) => boolean): number {
  return parts.reduce((sum, part) => (isIt(part) ? sum + part.share : sum), 0);
}

describe("the parts of a reference", () => {
  test("add up to 1 and have its mean and spread", () => {
    expect(shareOf(amounts, () => true)).toBeCloseTo(1, 12);
    const { mean, sd } = momentsOf(amounts);
    expect(mean).toBeCloseTo(100, 0);
    expect(sd / 20).toBeCloseTo(1, 1);
  });

  test("keep the share of what is outside the usual range", () => {
    const ref = refOf("amount");
    if (ref.kind !== "bins") throw new Error("no numbers");
    const { grid, counts } = ref;
    const below = shareOf(amounts, (part) => part.kind === "span" && part.to <= grid.low);
    expect(below * 40_000).toBeCloseTo(counts[grid.edges.length + 1 + 4], 6);
  });

  test("of nothing are none", () => {
    expect(partsOf(regions, new Float64Array(6))).toEqual([]);
  });
});

describe("a change of a column", () => {
  test("shifts by standard deviations or by the column's own unit", () => {
    const { mean, sd } = momentsOf(amounts);
    const bySd = changeParts(amounts, { kind: "shift", by: 0.5, unit: "sd" });
    expect(momentsOf(bySd).mean).toBeCloseTo(mean + 0.5 * sd, 9);
    const byOwn = changeParts(amounts, { kind: "shift", by: -7, unit: "own" });
    expect(momentsOf(byOwn).mean).toBeCloseTo(mean - 7, 9);
    expect(momentsOf(byOwn).sd).toBeCloseTo(sd, 9);
  });

  test("scales mean and spread, also to the other side of 0", () => {
    const { mean, sd } = momentsOf(amounts);
    const scaled = momentsOf(changeParts(amounts, { kind: "scale", by: -2 }));
    expect(scaled.mean).toBeCloseTo(-2 * mean, 6);
    expect(scaled.sd).toBeCloseTo(2 * sd, 6);
  });

  test.each(["nulls", "invalid", "newCategory"] as const)("takes rows away for %s", (kind) => {
    const parts = changeParts(partsOf(regions, regions.counts), { kind, share: 0.2 });
    expect(shareOf(parts, (part) => part.kind === "category" && part.name === "eu")).toBeCloseTo(0.4, 12);
    expect(shareOf(parts, () => true)).toBeCloseTo(1, 12);
  });

  test("gives categories new shares, and leaves the others their proportions", () => {
    const parts = changeParts(partsOf(regions, regions.counts), { kind: "shares", shares: { eu: 0.25 } });
    const share = (name: string) => shareOf(parts, (part) => part.kind === "category" && part.name === name);
    expect(share("eu")).toBeCloseTo(0.25, 12);
    expect(share("us")).toBeCloseTo(0.45, 12);
    expect(share("uk")).toBeCloseTo(0.3, 12);
  });
});
