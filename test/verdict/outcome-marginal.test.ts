import { describe, expect, it } from "vitest";
import { explainOutcomes } from "../../src/verdict/outcome-significance.ts";
import { mulberry32 } from "../oracles/sample.ts";
import { cohorts, prepareWorld, scoresBetween, type World } from "./outcome-worlds.ts";

const COHORTS = 200;
const REFERENCES = 20;

/** False alarms over what the level allows, with the standard error over references, each drawn anew. */
function falseAlarms(world: World, { k, alpha, seed }: { k: number; alpha: number; seed: number }) {
  const u = mulberry32(seed);
  const shares: number[] = [];
  let judged = 0;
  for (let reference = 0; reference < REFERENCES; reference += 1) {
    const next = cohorts(world, u);
    const prepared = prepareWorld(next, { k });
    let alarms = 0;
    for (let cohort = 0; cohort < COHORTS; cohort += 1) {
      const { status, p = 1 } = explainOutcomes(prepared, next());
      if (status === "ok") judged += 1;
      if (p <= alpha) alarms += 1;
    }
    shares.push(alarms / COHORTS / alpha);
  }
  const ratio = shares.reduce((sum, one) => sum + one, 0) / REFERENCES;
  const variance = shares.reduce((sum, one) => sum + (one - ratio) ** 2, 0) / (REFERENCES - 1);
  return { ratio, error: Math.sqrt(variance / REFERENCES), judged: judged / COHORTS / REFERENCES };
}

const SCORES = { "spread out": scoresBetween(0.03, 0.97), rare: scoresBetween(0.002, 0.2) };
const cases = (["spread out", "rare"] as const).flatMap((scores) =>
  [0, 0.1].flatMap((shock) => [30, 200].map((k) => ({ scores, shock, k, m: k === 30 ? 2_000 : 600 }))),
);

// Few labels of one kind, and shocks that multiply them: the longest tails.
cases.push({ scores: "rare", shock: 0.3, k: 200, m: 300 });

describe("false alarms of calibration-gap, of a model that is not calibrated and stays so", () => {
  it.each(cases)("$scores scores, shocks of sd $shock, $k cohorts of $m", ({ scores, shock, k, m }) => {
    const world = { sheet: SCORES[scores], m, slope: 0.9, shock };
    const { ratio, error, judged } = falseAlarms(world, { k, alpha: 0.01, seed: 17 * k + m });
    expect(judged).toBe(1);
    expect(ratio - 3 * error).toBeLessThanOrEqual(1);
    expect(ratio).toBeLessThan(1.2);
  });

  it("are too many where the dispersion of the reference's own cohorts is not heeded", () => {
    const u = mulberry32(5);
    const next = cohorts({ sheet: SCORES["spread out"], m: 2_000, slope: 1, shock: 0.3 }, u);
    const prepared = prepareWorld(next, { k: 60, independent: true });
    const significant = Array.from({ length: 200 }, () => explainOutcomes(prepared, next()).p ?? 1).filter(
      (p) => p <= 0.01,
    );
    expect(significant.length).toBeGreaterThan(20);
  });
});

describe("power of calibration-gap", () => {
  it.each([
    { change: "all come true more often", shift: 0.3, slope: 1 },
    { change: "the model is too sure", shift: 0, slope: 0.75 },
  ])("finds in 2,000 labels that $change", ({ shift, slope }) => {
    const u = mulberry32(6);
    const usual = { sheet: SCORES["spread out"], m: 2_000, slope: 1, shock: 0 };
    const prepared = prepareWorld(cohorts(usual, u), { k: 200 });
    const next = cohorts({ ...usual, shift, slope }, u);
    const found = Array.from({ length: 100 }, () => explainOutcomes(prepared, next()).p ?? 1).filter(
      (p) => p <= 1e-3,
    );
    expect(found.length).toBeGreaterThan(70);
  });
});
