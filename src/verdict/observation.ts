import { countDirections } from "../statistics/directions.ts";
import type { GroupCounts } from "../statistics/group-counts.ts";
import { LEAST_VALUES } from "../statistics/measure.ts";
import type { MeasureContext } from "../statistics/measure.ts";
import type { Score } from "../statistics/score.ts";
import { countDecisions } from "./group-decisions.ts";
import { expectedRows } from "./expected-rows.ts";
import type { RuleSeries } from "./rule-series.ts";
import { explainSignificance, isSignificant, judgeScore } from "./significance.ts";
import type { Observation } from "./verdict.ts";

/** A window as a series sees it. Times are ms since the epoch. */
export interface SeenWindow {
  /** The block's sum, all sections. */
  readonly sum: Float64Array;
  readonly from: number;
  readonly to: number;
  /** The sum of another block over the same window; undefined where it never held anything. */
  sumOf(block: number): Float64Array | undefined;
  /** The same of the window before, where a rule asks for it. */
  sumBefore(block: number): Float64Array | undefined;
  /** How many steps of the window fulfil a condition on their sums. Unpacks them all: for rare questions only. */
  countSteps(holds: (sum: Float64Array) => boolean): number;
}

/** Below these a share without a usable null is noise, whatever its size (SIGNIFICANCE 5). */
export const LEAST_CASES_WITHOUT_NULL = 10;
const LEAST_STEPS = 3;

/** What the window says of the rule's question: chance first, which is cheap; the effect only where chance is ruled out. */
export function observe(series: RuleSeries, window: SeenWindow): Observation {
  const { prepared, limit, rule } = series;
  const section = sectionOf(series, window);
  if (rule.limit.kind !== "atLeast")
    return compare(measureOf(series, window, section), rule.limit.kind, limit);
  if (prepared === undefined || prepared.status !== "ok") return "absent";
  if (prepared.trust === "policy") return observeShare(series, window, section);
  if (isSignificant(prepared, section)) {
    return (measureOf(series, window, section).effect ?? 0) >= limit ? "significant" : "calm";
  }
  return countDirections(prepared.directions, section, prepared.work) < LEAST_VALUES ? "absent" : "calm";
}

/** The full score of the series, with its p and trust: for alerts, metrics and the API. */
export function scoreSeries(series: RuleSeries, window: SeenWindow): Score {
  const section = sectionOf(series, window);
  const score = boundsOf(series, measureOf(series, window, section));
  if (series.prepared === undefined) return { ...score, trust: "policy" };
  return judgeScore(score, explainSignificance(series.prepared, section));
}

/** How the values of a slot lie between its deciles is not known, so no bound of a distance from them holds. */
function boundsOf({ season, measure }: RuleSeries, score: Score): Score {
  if (season === undefined || measure.isBounded !== true || measure.nature === "level") return score;
  const { lower: _lower, upper: _upper, ...others } = score;
  return others;
}

function sectionOf(series: RuleSeries, window: Pick<SeenWindow, "sum">): Float64Array {
  const { offset, length } = series.section;
  return window.sum.subarray(offset, offset + length);
}

function measureOf(series: RuleSeries, window: SeenWindow, section: Float64Array): Score {
  return series.measure.score(series.ref, section, completeContext(series, window));
}

function completeContext(series: RuleSeries, window: SeenWindow): MeasureContext {
  const { segment } = series;
  const groups = groupsSeenBy(series, window);
  if (groups !== undefined) return { groups };
  if (series.measure.name !== "volume") return series.context;
  return segment === undefined ? {} : { expectedRows: expectedRows(segment, window.from, window.to) };
}

/** Of a series across groups: what the window says of each. */
export function groupsSeenBy(
  { groups }: RuleSeries,
  window: Pick<SeenWindow, "sumOf">,
): GroupCounts[] | undefined {
  return groups?.places.map(({ group, block }) => countDecisions(group, groups.slots, window.sumOf(block)));
}

function compare(score: Score, kind: "above" | "below", limit: number): Observation {
  if (score.status !== "ok" || score.value === undefined) return "absent";
  return (kind === "above" ? score.value > limit : score.value < limit) ? "significant" : "calm";
}

/**
 * Too few cases in the reference for a null: fires at a share of at least the limit more than the reference's, seen often and
 * in several steps.
 */
function observeShare(series: RuleSeries, window: SeenWindow, section: Float64Array): Observation {
  const { prepared, limit } = series;
  if (prepared === undefined) return "absent";
  const values = countDirections(prepared.directions, section, prepared.work);
  if (values < LEAST_VALUES) return "absent";
  const cases = prepared.work[0];
  const { counts, n } = prepared.calibration;
  const usual = n === 0 ? 0 : counts[0] / n;
  if (cases < LEAST_CASES_WITHOUT_NULL || cases / values - usual < limit) return "calm";
  const steps = window.countSteps((sum) => {
    countDirections(prepared.directions, sectionOf(series, { sum }), prepared.work);
    return prepared.work[0] > 0;
  });
  // A window of one or two steps has no third one.
  const most = Math.round((window.to - window.from) / series.rule.window.every);
  return steps >= Math.min(LEAST_STEPS, most) ? "significant" : "calm";
}
