import { describe, expect, it } from "vitest";
import { calibrate } from "../../src/reference/calibration.ts";
import { prepareSeries } from "../../src/verdict/prepared-series.ts";
import { isSignificant } from "../../src/verdict/significance.ts";
import { mulberry32 } from "../oracles/sample.ts";
import { categoriesRef } from "../statistics/series.ts";

/*
 * The rate of false alarms over references drawn anew (SIGNIFICANCE 8, in short): every run makes a reference of K windows,
 * learns from it, and judges windows of the same making.
 */
const K = 200;
const RUNS = 80;
const WINDOWS = 400;
const ROWS = 500;

interface Draw {
  readonly uniform: () => number;
  readonly normal: () => number;
}

function drawOf(seed: number): Draw {
  const uniform = mulberry32(seed);
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  return { uniform, normal };
}

function binomial(n: number, share: number, { uniform, normal }: Draw): number {
  if (n * share > 40) {
    return Math.max(0, Math.min(n, Math.round(n * share + Math.sqrt(n * share * (1 - share)) * normal())));
  }
  let probability = (1 - share) ** n;
  let sum = probability;
  const target = uniform();
  let count = 0;
  while (sum < target && count < n) {
    probability *= ((n - count) / (count + 1)) * (share / (1 - share));
    count += 1;
    sum += probability;
  }
  return count;
}

/** How the true share of the next window differs from the long-run one. */
type Shock = (share: number, draw: Draw) => number;

const still: Shock = (share) => share;

function onShare(sd: number): Shock {
  return (share, { normal }) => Math.min(0.9, share * Math.exp(sd * normal()));
}

/** AR(1) between windows, on the scale of log-odds. */
function lasting(sd: number, memory: number): Shock {
  let level = 0;
  return (share, { normal }) => {
    level = memory * level + Math.sqrt(1 - memory * memory) * sd * normal();
    const odds = (share / (1 - share)) * Math.exp(level);
    return odds / (1 + odds);
  };
}

/** The share of judged windows that are called significant, over the level. */
function ratio(share: number, shock: Shock, level: number): { ratio: number; judged: number } {
  const draw = drawOf(Math.round(1e6 * share) + 17);
  const next = (): number => binomial(ROWS, shock(share, draw), draw);
  let alarms = 0;
  let judged = 0;
  const section = new Float64Array(5);
  for (let run = 0; run < RUNS; run += 1) {
    const counts = Float64Array.from({ length: K }, next);
    const calibration = calibrate({
      signal: "distribution",
      windowSize: 3_600_000,
      directions: 1,
      rows: new Float64Array(K).fill(ROWS),
      counts,
      windowStart: Float64Array.from(counts, (_, w) => w * 3_600_000),
      independent: false,
    });
    const count = calibration.counts[0];
    const ref = categoriesRef([count, calibration.n - count]);
    const series = prepareSeries({ ref, signal: "distribution", calibration, alpha: level });
    if (series.status !== "ok") continue;
    for (let window = 0; window < WINDOWS; window += 1) {
      section[0] = next();
      section[1] = ROWS - section[0];
      alarms += Number(isSignificant(series, section));
      judged += 1;
    }
  }
  return { ratio: alarms / judged / level, judged };
}

const scenarios: readonly [string, Shock][] = [
  ["independent rows", still],
  ["shocks of sd .2 on the log of the share", onShare(0.2)],
  ["shocks of sd .3 on the log of the share", onShare(0.3)],
  ["shocks that last over ten windows", lasting(0.2, 0.9)],
];

describe.each(scenarios)("%s", (_name, shock) => {
  it.each([0.005, 0.05, 0.1])("with a share of %s call at most the level's part of windows", (share) => {
    const { ratio: found, judged } = ratio(share, shock, 1e-2);
    expect(judged).toBeGreaterThan(0.8 * RUNS * WINDOWS);
    expect(found).toBeLessThan(1);
  });
});

it("is not achieved by silence: independent rows use a good part of the level", () => {
  expect(ratio(0.1, still, 1e-2).ratio).toBeGreaterThan(0.3);
});
