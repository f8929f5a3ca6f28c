import { describe, expect, it } from "vitest";
import { mostAlarms } from "./acceptance.ts";
import { runMonth, type Month } from "./month.ts";

/* Months of a model through the judge itself, in short (SIGNIFICANCE 8; docs/HONESTY.md has 20 columns and more months). */
const RESTLESS = { evaluations: 14_400, columns: 4, rows: 17, sd: 0.1, memory: 0.9, k: 500 };

describe("a month in which nothing changes", () => {
  it("brings at most the false alarms that were accepted", () => {
    const months = Array.from({ length: 4 }, (_, seed) =>
      runMonth({ ...RESTLESS, seed, budgets: [{ falseAlarms: 1 }, { falseAlarms: 100 }] }),
    );
    expect(months.every(({ promised, judged }) => promised === judged)).toBe(true);
    const [one, hundred] = [0, 1].map((i) => months.map(({ alarms }) => alarms[i]));
    expect(sumOf(one)).toBeLessThanOrEqual(mostAlarms(one, 1));
    expect(sumOf(hundred)).toBeLessThanOrEqual(mostAlarms(hundred, 100));
    // Not by silence.
    expect(sumOf(hundred)).toBeGreaterThanOrEqual(months.length);
  });
});

describe("consecutive evaluations", () => {
  const calm: Month = {
    seed: 1,
    columns: 4,
    rows: 40,
    sd: 0,
    memory: 0,
    k: 100,
    evaluations: 20_000,
    independent: true,
    groups: 2,
    budgets: [{ falseAlarms: 100 }],
  };

  it("are what a level of T / L rests on", () => {
    const [alarms] = runMonth(calm).alarms;
    expect(alarms).toBeGreaterThan(10);
    expect(alarms).toBeLessThanOrEqual(100);
    // The same level of each evaluation, and one is enough to fire.
    const spoiled = runMonth({ ...calm, budgets: [{ falseAlarms: 1_100, for: 0 }] });
    expect(spoiled.alarms[0]).toBeGreaterThan(100 + 3 * Math.sqrt(100));
  });
});

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, one) => sum + one, 0);
}
