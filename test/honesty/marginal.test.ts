import { describe, expect, it } from "vitest";
import { explainSignificance } from "../../src/verdict/significance.ts";
import { prepareSeries } from "../../src/verdict/prepared-series.ts";
import { judgeCell } from "./acceptance.ts";
import { categoryColumn } from "./column.ts";
import { learn, ratioOf, simulate } from "./marginal.ts";
import { createRandom } from "../../src/commands/scenario/random.ts";
import { scenarioNamed, SCENARIOS } from "./scenarios.ts";

/*
 * The proof in short that alarms are as rare as promised (SIGNIFICANCE 8; docs/HONESTY.md has it in full): every run draws
 * references anew, learns from them as the product does, and judges windows of the same making.
 */
const LEVELS = [1e-1, 1e-2, 1e-3];
const SHORT = { rows: 500, k: 500, references: 25, windows: 300, levels: LEVELS, seed: 11 };
const promised = SCENARIOS.filter(({ isPromised }) => isPromised);

describe.each(promised.map((scenario) => [scenario.name, scenario] as const))("%s", (_name, scenario) => {
  it("alarms at most as often as each level says", () => {
    const outcome = simulate({ ...SHORT, scenario }).get("promised");
    expect(judgeCell(outcome, LEVELS).verdict).not.toBe("broken");
  });
});

describe("the promise", () => {
  it("is not kept by silence: independent rows use a good part of the level", () => {
    const outcome = simulate({ ...SHORT, scenario: SCENARIOS[0] }).get("promised");
    expect(outcome?.judged).toBe(25 * 300);
    expect(judgeCell(outcome, LEVELS).ratios[1].ratio).toBeGreaterThan(0.1);
  });

  it("is not made where windows resemble their neighbours for most of the reference", () => {
    const scenario = scenarioNamed("lasting shocks sd .1, AR .98");
    const outcomes = simulate({ ...SHORT, rows: 2_000, scenario, windows: 1 });
    expect(outcomes.get("provisional")?.references).toBeGreaterThan(22);
  });

  it("does not reach to shocks whose tails no reference shows", () => {
    const outcome = simulate({ ...SHORT, scenario: scenarioNamed("t4 shocks sd .1"), levels: [1e-3] }).get(
      "promised",
    );
    expect(judgeCell(outcome, [1e-3]).verdict).toBe("broken");
  });
});

describe("p of one direction of independent rows", () => {
  it("is uniform where counts are large", () => {
    const ps = independentPs({ rows: 5_000, windows: 4_000 }).sort();
    const distance = ps.reduce((most, p, i) => Math.max(most, Math.abs(p - (i + 0.5) / ps.length)), 0);
    // 1.95 / sqrt(n) is passed once in a thousand; counts come in steps of .01 in p.
    expect(distance).toBeLessThan(1.95 / Math.sqrt(ps.length) + 0.01);
  });
});

describe("simulated ratios", () => {
  it("come with the jackknife's error", () => {
    const outcome = {
      references: 2,
      windows: 20,
      judged: 20,
      judgedOf: [10, 10],
      alarms: [[1, 3]],
    };
    // Rates of .1 and .3: half their difference, over the level.
    expect(ratioOf(outcome, 0, 0.1)).toEqual({ ratio: 2, error: expect.closeTo(1, 12) });
  });
});

function independentPs({ rows, windows }: { rows: number; windows: number }): Float64Array {
  const random = createRandom(5);
  const column = categoryColumn("c", [0.4, 0.6]);
  const draw = (m: number): Float64Array => {
    const section = new Float64Array(column.length);
    section[0] = random.binomial(m, 0.4);
    section[1] = m - section[0];
    return section;
  };
  const { ref, calibration } = learn([draw(2e8), draw(2e8)], column.described, true);
  const series = prepareSeries({ ref, signal: "distribution", calibration, alpha: 1e-3 });
  return Float64Array.from(
    { length: windows },
    () => explainSignificance(series, draw(rows)).p ?? Number.NaN,
  );
}
