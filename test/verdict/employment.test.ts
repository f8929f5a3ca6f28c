import { describe, expect, it } from "vitest";
import { scoreEdges } from "../../src/reference/score-edges.ts";
import { findSeriesRef } from "../../src/reference/series.ts";
import type { Reference } from "../../src/reference/reference.ts";
import { calibrationGap } from "../../src/statistics/measures/calibration-gap.ts";
import { psi } from "../../src/statistics/measures/psi.ts";
import { explainOutcomes } from "../../src/verdict/outcome-significance.ts";
import { prepareOutcomes } from "../../src/verdict/prepared-outcomes.ts";
import { mulberry32, readOracle } from "../oracles/sample.ts";
import { build, plan } from "../reference/plain-rows.ts";
import { sectionOf } from "../statistics/labels.ts";
import { binsSection } from "../statistics/series.ts";

/* Real scores and outcomes: who is employed in Massachusetts, by year; as counts, since their order says nothing. */

interface Label {
  readonly score: number;
  readonly truth: number;
}

const STEPS = 2400;
const COHORT = 86_400_000;
const { years } = readOracle<{ years: Readonly<Record<string, readonly [number, number, number][]>> }>(
  "employment",
);

function labelsOf(year: string): Label[] {
  return years[year].flatMap(([step, zeros, ones]) =>
    Array.from({ length: zeros + ones }, (_, i) => {
      return { score: (step + 0.5) / STEPS, truth: Number(i >= zeros) };
    }),
  );
}

function shuffle(labels: readonly Label[], seed: number): Label[] {
  const u = mulberry32(seed);
  const shuffled = [...labels];
  for (let last = shuffled.length - 1; last > 0; last -= 1) {
    const other = Math.floor(u() * (last + 1));
    [shuffled[last], shuffled[other]] = [shuffled[other], shuffled[last]];
  }
  return shuffled;
}

function referenceOf(labels: readonly Label[]): Reference {
  const columns = plan(
    { name: "prediction.score", type: "number", role: "output" },
    { name: "truth", type: "number", role: "truth" },
  );
  const rows = labels.map(({ score, truth }) => ({ "prediction.score": score, truth }));
  return build(columns, rows, { independent: true });
}

function judge(reference: Reference, labels: readonly Label[]) {
  const section = sectionOf(scoreEdges(reference.columns, "prediction.score"), labels);
  const prepared = prepareOutcomes({ reference, segment: "all", cohort: COHORT, alpha: 1e-3 });
  const { counts } = reference.segments[0].outcome ?? { counts: new Float64Array(0) };
  const { effect = Number.NaN, extras } = calibrationGap.score(undefined, section, { outcomes: counts });
  return { ...explainOutcomes(prepared, section), effect, extras };
}

describe("calibration of the employment model", () => {
  const reference = referenceOf(labelsOf("2015"));

  it.each(["2017", "2018"])("is not in %s what it was in 2015", (year) => {
    const { status, trust, p = 1, effect, extras, largest } = judge(reference, labelsOf(year));
    expect({ status, trust }).toEqual({ status: "ok", trust: "promised" });
    expect(p).toBeLessThan(1.5e-4);
    // A small change, and a real one: .8 points more came true than in 2015, and in some band of the score 2.
    expect(largest).toMatchObject({ direction: "overall", deff: 1 });
    expect(extras?.["overall"]).toBeCloseTo(0.0084, 3);
    expect(effect).toBeGreaterThan(0.015);
  });

  it.each([1, 2, 3, 4, 5])("is in half of 2015 what it is in the other half (shuffle %i)", (seed) => {
    const labels = shuffle(labelsOf("2015"), seed);
    const middle = labels.length / 2;
    const { p = 0 } = judge(referenceOf(labels.slice(0, middle)), labels.slice(middle));
    expect(p).toBeGreaterThan(0.05);
  });

  it.each(["2016", "2017", "2018"])("leaves the scores of %s alone", (year) => {
    const ref = findSeriesRef(reference, "all", 0);
    if (ref?.kind !== "bins") throw new Error("no scores");
    const section = binsSection(
      ref.grid,
      labelsOf(year).map(({ score }) => score),
    );
    const { value = 1, effect = 1 } = psi.score(ref, section);
    expect(value).toBeLessThan(0.001);
    expect(effect).toBeLessThan(psi.defaultAtLeast ?? 0);
  });
});
