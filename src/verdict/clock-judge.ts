import type { Tick } from "../config/tick.ts";
import type { FittedModel } from "../rules/fitted-model.ts";
import { MEASURES } from "../statistics/measures.ts";
import type { Score } from "../statistics/score.ts";
import type { Alert, Transition } from "./alert.ts";
import { BlindnessWatch, type LookAt } from "./blindness.ts";
import { clockSeriesOf, type RuleSeries } from "./rule-series.ts";
import { createAlert, provenanceOf, resolveAlert } from "./transition.ts";
import { resolveStrays, type Standing } from "./standing.ts";
import { INACTIVE, step } from "./verdict.ts";

/** What the clock is held against. */
export interface ClockFacts {
  /** Newest event time of the model's streams, ms; -Infinity before the first. */
  readonly newestEvent: number;
  /** How its streams are read; absent where nothing is read by itself, as in a test or backtest. */
  readonly look?: LookAt | undefined;
}

/**
 * Judges how old the newest event is, and whether the monitor sees anything. Both go by the wall clock, not by panes: a silent
 * stream closes none. So they stand outside the budget and outside what a replay repeats (STREAMING 31).
 */
export class ClockJudge {
  readonly standings = new Map<string, Standing>();
  private readonly series: readonly RuleSeries[];
  private readonly fitted: FittedModel;
  private readonly watch = new BlindnessWatch();
  private readonly latest = new Map<string, Score>();

  constructor(fitted: FittedModel) {
    this.fitted = fitted;
    this.series = clockSeriesOf(fitted);
  }

  judge({ newestEvent, look }: ClockFacts, tick: Tick): Transition[] {
    const blindness = look === undefined ? undefined : this.watch.look(look, tick.now);
    const context = {
      now: tick.now,
      ...(newestEvent === Number.NEGATIVE_INFINITY ? {} : { newestEvent }),
      ...(blindness === undefined ? {} : { blindness }),
    };
    const empty = new Float64Array(this.fitted.counting.layout.stride);
    return this.series.flatMap((series) => {
      const score = series.measure.score(undefined, empty, context);
      this.latest.set(series.measure.name, score);
      return score.status === "ok" ? this.judgeSeries(series, score, tick) : [];
    });
  }

  private judgeSeries(series: RuleSeries, score: Score, tick: Tick): Transition[] {
    const transitions: Transition[] = [];
    // Age grows with the clock, so "older than the limit for so long" is "older than both together".
    const isPast = (score.value ?? 0) > series.limit + series.rule.for / 1000;
    const standing = this.standings.get(series.key);
    if (!isPast && standing === undefined) return [];
    const result = step(standing?.verdict ?? INACTIVE, isPast ? "significant" : "calm", tick.now, {
      evaluations: 1,
      keepFiringFor: series.patience.keepFiringFor,
    });
    if (result.transition === "resolved" && standing?.alert !== undefined) {
      const alert = resolveAlert(standing.alert, result.reason ?? "", tick.now);
      transitions.push({ alert, at: tick.now });
    }
    if (result.verdict.state === "inactive") {
      this.standings.delete(series.key);
      return transitions;
    }
    const alert = standing?.alert ?? this.createAlert(series, score, tick.now);
    if (result.transition === "firing") transitions.push({ alert, at: tick.now });
    this.standings.set(series.key, { verdict: result.verdict, alert });
    return transitions;
  }

  /** Ends what was remembered of series that no rule asks for any more. */
  resolveStrays(tick: Tick): Transition[] {
    return resolveStrays(this.standings, this.series, tick);
  }

  /** The scores as of the last call. */
  currentScores(): { readonly measure: string; readonly score: Score }[] {
    return MEASURES.filter(({ byClock }) => byClock === true).map(({ name }) => ({
      measure: name,
      score: this.latest.get(name) ?? { status: "no-data", reason: "not looked at yet", n: 0 },
    }));
  }

  private createAlert(series: RuleSeries, score: Score, since: number): Alert {
    return createAlert({
      series,
      score,
      since,
      firedAt: since,
      section: new Float64Array(0),
      provenance: provenanceOf(this.fitted),
    });
  }
}
