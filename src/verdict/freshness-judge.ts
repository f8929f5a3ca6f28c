import type { Tick } from "../config/tick.ts";
import type { FittedModel } from "../rules/fitted-model.ts";
import type { Score } from "../statistics/score.ts";
import type { Alert, Transition } from "./alert.ts";
import { freshnessSeriesOf, type RuleSeries } from "./rule-series.ts";
import { createAlert, resolveAlert } from "./transition.ts";
import { resolveStrays, type Standing } from "./standing.ts";
import { INACTIVE, step } from "./verdict.ts";

/**
 * Judges how old the newest event is. It goes by the wall clock, not by panes: a silent stream closes none. So it stands
 * outside the budget and outside what a replay repeats (STREAMING 31).
 */
export class FreshnessJudge {
  readonly standings = new Map<string, Standing>();
  private readonly series: readonly RuleSeries[];
  private readonly fitted: FittedModel;
  private latest: Score = { status: "no-data", reason: "no event yet", n: 0 };

  constructor(fitted: FittedModel) {
    this.fitted = fitted;
    this.series = freshnessSeriesOf(fitted);
  }

  /** `newestEvent` is the newest event time of the model's streams, ms; -Infinity before the first. */
  judge(newestEvent: number, tick: Tick): Transition[] {
    const transitions: Transition[] = [];
    if (newestEvent === Number.NEGATIVE_INFINITY) return transitions;
    const empty = new Float64Array(this.fitted.counting.layout.stride);
    for (const series of this.series) {
      const score = series.measure.score(undefined, empty, { newestEvent, now: tick.now });
      this.latest = score;
      // Age grows with the clock, so "older than the limit for so long" is "older than both together".
      const isSilent = (score.value ?? 0) > series.limit + series.rule.for / 1000;
      const standing = this.standings.get(series.key);
      if (!isSilent && standing === undefined) continue;
      const result = step(standing?.verdict ?? INACTIVE, isSilent ? "significant" : "calm", tick.now, {
        evaluations: 1,
        keepFiringFor: series.patience.keepFiringFor,
      });
      if (result.transition === "resolved" && standing?.alert !== undefined) {
        transitions.push({
          alert: resolveAlert(standing.alert, result.reason ?? "", tick.now),
          at: tick.now,
        });
      }
      if (result.verdict.state === "inactive") {
        this.standings.delete(series.key);
        continue;
      }
      const alert = standing?.alert ?? this.createAlert(series, score, tick.now);
      if (result.transition === "firing") transitions.push({ alert, at: tick.now });
      this.standings.set(series.key, { verdict: result.verdict, alert });
    }
    return transitions;
  }

  /** Ends what was remembered of series that no rule asks for any more. */
  resolveStrays(tick: Tick): Transition[] {
    return resolveStrays(this.standings, this.series, tick);
  }

  /** The score as of the last call. */
  get score(): Score {
    return this.latest;
  }

  private createAlert(series: RuleSeries, score: Score, since: number): Alert {
    const { model, reference, counting } = this.fitted;
    return createAlert({
      series,
      score,
      since,
      firedAt: since,
      section: new Float64Array(0),
      provenance: { model: model.name, reference: reference.id, layout: counting.layout.id },
    });
  }
}
