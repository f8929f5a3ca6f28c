import { expect, test } from "vitest";
import { fitWeights, weigh } from "../../../src/commands/scenario/cell-weights.ts";
import { createRandom } from "../../../src/commands/scenario/random.ts";
import { memoryOf, rhoOf, varianceOfMean } from "../../../src/commands/scenario/share-memory.ts";
import { simulate } from "../../../src/commands/scenario/simulation.ts";
import { normalQuantile, normalShare } from "../../../src/statistics/normal-table.ts";
import { calibrateDrawn, quietStory, restlessModel } from "./restless-model.ts";

const model = restlessModel();

test.each([
  ["amount", "distribution", "all"],
  ["amount", "distribution", "region=us"],
  ["amount", "missing", "all"],
  ["kind", "distribution", "all"],
  ["region", "distribution", "all"],
] as const)("hours of %s (%s, %s) differ as the reference's own do", (column, signal, segment) => {
  const { drawn, own } = calibrateDrawn(model, { column, signal, segment, days: 28 });
  const mean = (values: Float64Array): number => values.reduce((sum, one) => sum + one, 0) / values.length;
  expect(mean(drawn.share.deff) / mean(own.share.deff)).toBeGreaterThan(0.65);
  expect(mean(drawn.share.deff) / mean(own.share.deff)).toBeLessThan(1.5);
  // The whole of it stays where it is.
  for (const [e, count] of own.counts.entries())
    expect(Math.abs(drawn.counts[e] / drawn.n - count / own.n)).toBeLessThan(0.025);
});

test("a plain limit that hours pass by themselves is found out by a quiet scenario, and budgeted rules stay quiet", async () => {
  const { signal } = new AbortController();
  const fired = async (fitted: typeof model): Promise<string[]> => {
    const story = { ...quietStory(14), columns: ["amount"] };
    const transitions = await simulate({ fitted, story, seed: 1, signal });
    return [...new Set(transitions.map(({ alert }) => alert.alert))];
  };
  expect(await fired(model)).toEqual(["CriesWolf"]);
  // As it would seem if rows owed nothing to each other.
  const calm = { ...model, reference: { ...model.reference, independent: true } };
  expect(await fired(calm)).toEqual([]);
});

test("a share that wanders keeps its mean, and varies as its formula says", () => {
  const random = createRandom(1);
  const [share, rho, memory, panes] = [0.2, 0.1, 0.8, 12];
  const means: number[] = [];
  let normal = random.normal();
  for (let window = 0; window < 20_000; window += 1) {
    let sum = 0;
    for (let pane = 0; pane < panes; pane += 1) {
      normal = memory * normal + Math.sqrt(1 - memory ** 2) * random.normal();
      sum += normalShare((normalQuantile(share) + Math.sqrt(rho) * normal) / Math.sqrt(1 - rho)) / panes;
    }
    means.push(sum);
  }
  const mean = means.reduce((sum, one) => sum + one, 0) / means.length;
  const variance = means.reduce((sum, one) => sum + (one - mean) ** 2, 0) / means.length;
  expect(Math.abs(mean - share)).toBeLessThan(0.003);
  const told = varianceOfMean({ share, rho }, { memory, panes });
  expect(Math.abs(variance / told - 1)).toBeLessThan(0.06);
  expect(rhoOf(share, { variance: told, memory, panes })).toBeCloseTo(rho, 6);
  expect(rhoOf(share, { variance: 0, memory, panes })).toBe(0);
});

test("memory is what makes runs of windows vary so much", () => {
  // Windows of one pane: (1 + m) / (1 - m) is tau itself.
  expect(memoryOf(3, 1)).toBeCloseTo(0.5, 6);
  expect(memoryOf(1, 60)).toBeCloseTo(Math.exp(-1 / 6), 6);
  expect(memoryOf(9, 60)).toBeGreaterThan(memoryOf(5, 60));
});

test("cells have their shares, and vary as they should", () => {
  const cells = [
    { share: 0.5, variance: 0.006 },
    { share: 0.35, variance: 0.008 },
    { share: 0.15, variance: 0.001 },
  ];
  const weights = fitWeights(cells);
  const random = createRandom(9);
  const sums = cells.map(() => ({ one: 0, square: 0 }));
  const shares = new Float64Array(3);
  const draws = 20_000;
  for (let draw = 0; draw < draws; draw += 1) {
    weigh(weights, () => random.normal(), shares);
    for (const [cell, share] of shares.entries()) {
      sums[cell].one += share / draws;
      sums[cell].square += share ** 2 / draws;
    }
  }
  for (const [cell, { share, variance }] of cells.entries()) {
    const { one, square } = sums[cell];
    expect(one).toBeCloseTo(share, 1);
    expect(Math.abs((square - one ** 2) / variance - 1)).toBeLessThan(0.35);
  }
});
