import type { FittedModel } from "../../rules/fitted-model.ts";
import type { Score } from "../../statistics/score.ts";
import type { ScoredSeries } from "../../verdict/judge.ts";
import { shareBudget } from "../../verdict/rule-budget.ts";
import type { RuleSeries } from "../../verdict/rule-series.ts";
import { formatCount, formatProbability, formatScore } from "../../verdict/quantities.ts";
import { isSelected, nameOf } from "./firing.ts";
import { formatMoment } from "./moment.ts";
import type { Expectation, Synthetic } from "./scenario.ts";
import { simulate } from "./simulation.ts";

interface Peak {
  readonly series: RuleSeries;
  readonly score: Score;
  /** Event time, ms since the epoch. */
  readonly at: number;
}

/**
 * Plays a story again and looks at the series of an alert that never fired: how near the nearest came to its limit, or why none
 * was judged. One phrase.
 */
export async function describePeak(options: {
  readonly fitted: FittedModel;
  readonly story: Synthetic;
  readonly seed: number;
  readonly expectation: Expectation;
  /** Told how much of a playing is done, 0 to 1. */
  readonly onProgress: (done: number) => void;
  readonly signal: AbortSignal;
}): Promise<string> {
  const { fitted, story, seed, expectation, onProgress, signal } = options;
  const isAsked = ({ rule, labels }: RuleSeries): boolean =>
    rule.alert === expectation.alert && isSelected(labels, expectation);
  let peak: Peak | undefined;
  let last: Peak | undefined;
  await simulate({
    fitted,
    story,
    seed,
    onProgress,
    signal,
    watch: (engine, at) => {
      const { panes, cohorts } = engine.judgesOf(fitted.model.name);
      const scored: readonly ScoredSeries[] = [...panes.currentScores(isAsked), ...cohorts.currentScores()];
      for (const { series, score } of scored) {
        if (!isAsked(series)) continue;
        const found = { series, score, at };
        last = found;
        if (score.status === "ok" && (peak === undefined || excess(found) > excess(peak))) peak = found;
      }
    },
  });
  if (peak !== undefined) return describe(peak, fitted, story);
  if (last === undefined) return "it judged nothing: no window was full, or no cohort mature, before the end";
  return `${nameOf({ alert: "", ...last.series.labels }).trim()} was not judged: ${last.score.reason ?? last.score.status}`;
}

/** What is compared with the limit. */
function comparedOf({ series, score }: Peak): number {
  const { kind } = series.rule.limit;
  return (kind === "atLeast" ? score.effect : score.value) ?? score.value ?? Number.NaN;
}

function excess(peak: Peak): number {
  const distance = comparedOf(peak) - peak.series.limit;
  return peak.series.rule.limit.kind === "below" ? -distance : distance;
}

/** `largest psi effect 0.012 of 0.02 at 14:10 (amount v1, n=54,112, p=3e-5 against 1e-6)`. */
function describe(peak: Peak, fitted: FittedModel, { start, lasts }: Synthetic): string {
  const { series, score, at } = peak;
  const { kind } = series.rule.limit;
  const most = kind === "below" ? "least" : "largest";
  const what = `${series.measure.name}${kind === "atLeast" && score.effect !== score.value ? " effect" : ""}`;
  const alpha = shareBudget(fitted).rules.find(({ alert }) => alert === series.rule.alert)?.alpha;
  const chance =
    score.p === undefined || alpha === undefined || kind !== "atLeast"
      ? ""
      : `, p=${formatProbability(score.p)} against ${formatProbability(alpha)}`;
  const place = nameOf({ alert: "", ...series.labels }).trim();
  const n = `n=${formatCount(score.n)}`;
  const time = formatMoment(at, { start, end: start + lasts });
  return `${most} ${what} ${formatScore(comparedOf(peak))} of ${formatScore(series.limit)} at ${time} (${place === "" ? n : `${place}, ${n}`}${chance})`;
}
