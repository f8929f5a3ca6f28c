import type { MeasureContext } from "../statistics/measure.ts";
import type { Score } from "../statistics/score.ts";
import { holdAgainstLabels } from "./compared-outcomes.ts";
import { countLabels } from "./group-decisions.ts";
import type { RuleSeries } from "./rule-series.ts";
import type { Observation } from "./verdict.ts";
import { isNoBetter } from "./version-alert.ts";

/** What a cohort holds of the series. */
export function sectionOf({ section: { offset, length } }: RuleSeries, sum: Float64Array): Float64Array {
  return sum.subarray(offset, offset + length);
}

/** The series as a cohort is judged: by what another version's labels say, where the rule goes by that. */
export function cohortSeriesAt(series: RuleSeries, sums: ReadonlyMap<number, Float64Array>): RuleSeries {
  const { comparedLabels, outcomes, context } = series;
  if (comparedLabels === undefined || outcomes === undefined) return series;
  const sum = comparedLabels.block === undefined ? undefined : sums.get(comparedLabels.block);
  const other = sum === undefined ? new Float64Array(series.section.length) : sectionOf(series, sum);
  return {
    ...series,
    outcomes: holdAgainstLabels(outcomes, other),
    context: { ...context, outcomes: other },
  };
}

/** Of a comparison: whether the version's scores have come nearer to the truth than the other's, which is no fault. */
export function isBetter(series: RuleSeries, sums: ReadonlyMap<number, Float64Array>): boolean {
  const [own, other] = [series.block, series.comparedLabels?.block].map((block) =>
    block === undefined ? undefined : sums.get(block),
  );
  if (series.parts === undefined || own === undefined || other === undefined) return false;
  return !isNoBetter(sectionOf(series, own), sectionOf(series, other));
}

export function contextOfCohort(
  { groups, context }: RuleSeries,
  sums: ReadonlyMap<number, Float64Array>,
): MeasureContext {
  if (groups === undefined) return context;
  return { groups: groups.places.map(({ group, block }) => countLabels(group, sums.get(block))) };
}

/** What a cohort says of the rule's question. */
export function observeCohort(series: RuleSeries, score: Score): Observation {
  if (score.status !== "ok" || score.value === undefined) return "absent";
  const { kind } = series.rule.limit;
  if (kind === "atLeast") {
    const { effect = 0, p = 1 } = score;
    return p <= (series.outcomes?.alpha ?? 0) && effect >= series.limit ? "significant" : "calm";
  }
  return (kind === "below" ? score.value < series.limit : score.value > series.limit)
    ? "significant"
    : "calm";
}
