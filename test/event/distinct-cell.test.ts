import { describe, expect, it } from "vitest";
import { LEARN_LIMIT } from "../../src/event/batch.ts";
import type { ColumnPlan } from "../../src/event/batch.ts";
import { codeOfText, createDictionary } from "../../src/event/dictionary.ts";
import { cellsOfTexts, DISTINCT } from "../../src/event/distinct-cell.ts";
import { hashCategory } from "../../src/event/ids.ts";

const KEY = new Uint8Array(32).fill(7);

function plan(more: Partial<ColumnPlan> = {}): ColumnPlan {
  const column = { name: "c", type: "category", role: "feature", pii: false } as const;
  return { ...column, categories: ["eu", "us"], distinct: true, ...more };
}

describe("a column whose different values are counted", () => {
  it("keeps the codes of known values, and adds the cell to that of unseen ones", () => {
    const dictionary = createDictionary(plan(), KEY);
    expect(codeOfText(dictionary, "us")).toBe(1);
    const [cell] = cellsOfTexts(["asia"]);
    expect(codeOfText(dictionary, "asia")).toBe(2 + cell);
    expect(codeOfText(dictionary, "asia")).toBe(2 + cell);
  });

  it("tells values apart by their hash under the key where they are personal", () => {
    const hashed = (text: string): string => hashCategory(KEY, new TextEncoder().encode(text));
    const dictionary = createDictionary(plan({ pii: true, categories: [hashed("ann")] }), KEY);
    expect(codeOfText(dictionary, "ann")).toBe(0);
    const [cell] = cellsOfTexts([hashed("bob")]);
    expect(codeOfText(dictionary, "bob")).toBe(1 + cell);
    // From the cache.
    expect(codeOfText(dictionary, "bob")).toBe(1 + cell);
  });

  it("learns what it may, and tells the rest apart", () => {
    const dictionary = createDictionary(plan({ learn: true }), KEY);
    const long = "x".repeat(300);
    expect(codeOfText(dictionary, "asia")).toBe(2);
    expect(codeOfText(dictionary, long)).toBe(LEARN_LIMIT + cellsOfTexts([long])[0]);
  });

  it("is one code for all unseen values of other columns", () => {
    const dictionary = createDictionary(plan({ distinct: false }), KEY);
    expect([codeOfText(dictionary, "asia"), codeOfText(dictionary, "africa")]).toEqual([2, 2]);
  });
});

it("spreads values over registers evenly, and over ranks by halves", () => {
  const cells = cellsOfTexts(Array.from({ length: 51_200 }, (_, i) => `value ${i}`));
  const byRank = new Float64Array(DISTINCT.ranks);
  const byRegister = new Float64Array(DISTINCT.registers);
  for (const cell of cells) {
    byRank[Math.floor(cell / DISTINCT.registers)] += 1;
    byRegister[cell % DISTINCT.registers] += 1;
  }
  expect(byRank[0] / cells.length).toBeCloseTo(0.5, 2);
  expect(byRank[3] / cells.length).toBeCloseTo(1 / 16, 2);
  const chi2 = byRegister.reduce((sum, count) => sum + (count - 100) ** 2 / 100, 0);
  // 511 degrees of freedom: 511 +- 6 sd.
  expect(Math.abs(chi2 - 511)).toBeLessThan(6 * Math.sqrt(2 * 511));
});
