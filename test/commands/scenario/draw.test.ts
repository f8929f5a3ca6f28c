import { describe, expect, test } from "vitest";
import { drawRows, splitRows } from "../../../src/commands/scenario/draw.ts";
import type { Distribution } from "../../../src/commands/scenario/distribution.ts";
import { createRandom } from "../../../src/commands/scenario/random.ts";

const SHARES = [0.5, 0.3, 0.15, 0.05];
const distribution: Distribution = {
  probabilities: Float64Array.from(SHARES),
  additions: SHARES.map((_, slot) => ({ slots: [slot], amounts: [1] })),
};

/** Whether counts are what a multinomial gives: chi-square with 3 degrees of freedom, at about 1e-5. */
function isFair(counts: ArrayLike<number>, rows: number): boolean {
  const chi2 = SHARES.reduce(
    (sum, share, slot) => sum + (counts[slot] - share * rows) ** 2 / (share * rows),
    0,
  );
  return chi2 < 26;
}

describe.each([
  ["one by one", 5],
  ["outcome by outcome", 500],
])("drawing rows %s", (_, rows) => {
  test("gives every outcome its share, and draws all rows", () => {
    const random = createRandom(7);
    const into = new Float64Array(SHARES.length);
    for (let run = 0; run < 4_000; run += 1) drawRows(random, distribution, { rows, into, offset: 0 });
    expect(into.reduce((sum, count) => sum + count)).toBe(4_000 * rows);
    expect(isFair(into, 4_000 * rows)).toBe(true);
  });
});

test("an outcome adds what it says, where it says", () => {
  const into = new Float64Array(4);
  const certain = { probabilities: Float64Array.of(1), additions: [{ slots: [0, 2], amounts: [1, 5] }] };
  drawRows(createRandom(1), certain, { rows: 3, into, offset: 1 });
  expect([...into]).toEqual([0, 3, 0, 15]);
});

test("of nothing nothing is drawn", () => {
  const into = new Float64Array(1);
  const nothing = { probabilities: new Float64Array(0), additions: [] };
  drawRows(createRandom(1), nothing, { rows: 10, into, offset: 0 });
  expect([...into]).toEqual([0]);
});

test("splitting loses no row to rounding", () => {
  const counts = [0, 0, 0];
  const shares = [1 / 3, 1 / 3, 1 / 3 - 1e-16];
  splitRows(createRandom(3), shares, 1_000_000, (outcome, count) => (counts[outcome] += count));
  expect(counts.reduce((sum, count) => sum + count)).toBe(1_000_000);
});

test("as many events come as are expected, with the spread of chance", () => {
  const random = createRandom(11);
  const drawn = Array.from({ length: 20_000 }, () => random.poisson(9));
  const mean = drawn.reduce((sum, count) => sum + count) / drawn.length;
  const variance = drawn.reduce((sum, count) => sum + (count - mean) ** 2, 0) / drawn.length;
  expect(Math.abs(mean - 9)).toBeLessThan(0.1);
  expect(Math.abs(variance - 9)).toBeLessThan(0.4);
});
