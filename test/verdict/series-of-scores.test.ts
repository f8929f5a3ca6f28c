import { expect, it } from "vitest";
import { addOutcome, OUTCOMES } from "../../src/counts/outcomes.ts";
import type { FittedModel } from "../../src/rules/fitted-model.ts";
import { explain } from "../../src/verdict/explanation.ts";
import { shareBudget } from "../../src/verdict/rule-budget.ts";
import { seriesOf, type RuleSeries } from "../../src/verdict/rule-series.ts";
import { modelOf, random } from "../engine/fixture.ts";

function labels(count: number): Float64Array {
  const next = random(4);
  const section = new Float64Array(OUTCOMES.length);
  for (let row = 0; row < count; row += 1) {
    const score = next();
    addOutcome(section, 0, { score, truth: Number(next() < score), decision: Number.NaN }, 1);
  }
  return section;
}

const next = random(9);
const fitted = modelOf({
  head: "window: { size: 1h, pane: 1m, lateness: 2m }\nsegmentBy: [region]",
  rules: [
    "  - { alert: Worse, measure: estimated-accuracy, by: [version, region], below: 0.7 }",
    "  - { alert: Unsure, measure: confidence }",
  ].join("\n"),
  referenceRow: () => ({ score: next() }),
});

/** The same model, with labels in its reference: of all, and of single segments. */
function labelled(all: Float64Array, own: Readonly<Record<string, Float64Array>>): FittedModel {
  const { reference } = fitted;
  const [calibration] = reference.segments[0].columns[0].calibrations;
  const segments = reference.segments.map((segment) => {
    const counts = own[segment.name];
    return counts === undefined ? segment : { ...segment, outcome: { counts, calibration } };
  });
  const outcome = { counts: all, delay99: Number.NaN, coverage: 1 };
  return { ...fitted, reference: { ...reference, segments, outcome } };
}

function series(model: FittedModel, alert: string): RuleSeries[] {
  return seriesOf(model, shareBudget(model), ["v1"]).filter(({ rule }) => rule.alert === alert);
}

it("estimates from the segment's own labels, and from all where it has too few", () => {
  const [all, many, few] = [labels(2_000), labels(300), labels(100)];
  const judged = series(labelled(all, { "region=eu": many, "region=uk": few }), "Worse");
  const outcomes = Object.fromEntries(
    judged.map(({ labels: of, context }) => [of.segment, context.outcomes]),
  );
  expect(judged.every(({ labels: of }) => of.column === "prediction.score")).toBe(true);
  expect(outcomes["region=eu"]).toBe(many);
  expect(outcomes["region=uk"]).toBe(all);
  expect(outcomes["region=us"]).toBe(all);
  const [{ measure, ref, context }] = judged;
  const score = measure.score(ref, ref?.counts ?? new Float64Array(0), context);
  expect(score).toMatchObject({ status: "ok", trust: "policy" });
  // Uniform scores that are right as often as they say: the mean of max(p, 1 - p).
  expect(score.value).toBeCloseTo(0.75, 1);
});

it("says of an estimate what it rests on", () => {
  const [one] = series(labelled(labels(2_000), {}), "Worse");
  const section = one.ref?.counts ?? new Float64Array(0);
  const score = one.measure.score(one.ref, section, one.context);
  const told = { series: one, score, since: 0, section, evidence: {}, model: "m" };
  expect(explain(told)).toMatch(
    /^Worse m\/prediction\.score v1, region=\w+: Estimated accuracy, without labels 0\.7\d+, 0\.7\d+ in the reference, if scores still mean what they meant there \(limit 0\.7; n=[\d,]+; 95% interval 0\.7\d+ to 0\.7\d+\), since /,
  );
});

it("estimates nothing without labels, and says so", () => {
  const [{ measure, ref, context }] = series(fitted, "Worse");
  expect(measure.score(ref, ref?.counts ?? new Float64Array(0), context)).toMatchObject({
    status: "no-reference",
    reason: "the reference has no labels",
  });
});

it("judges confidence of the score alone, against chance", () => {
  const judged = series(fitted, "Unsure");
  expect(judged.map(({ labels: of }) => of.column)).toEqual(["prediction.score"]);
  expect(judged[0]?.prepared?.status).toBe("ok");
});
