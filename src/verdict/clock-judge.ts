import { awakeAt, type Tick } from "../config/tick.ts";
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

/** A wall clock that moves so much more or less than the time that somebody was awake has leapt, ms. */
const LEAP = 30_000;

/**
 * Judges how old the newest event is, and whether the monitor sees anything. Both go by the wall clock, not by panes: a silent
 * stream closes none. So they stand outside the budget and outside what a replay repeats (STREAMING 31). Where that clock leaps,
 * because it was set or the machine slept, what is old by it alone calls nobody: the limit must be passed for as long as it is.
 */
export class ClockJudge {
  readonly standings = new Map<string, Standing>();
  private readonly series: readonly RuleSeries[];
  private readonly fitted: FittedModel;
  private readonly watch = new BlindnessWatch();
  private readonly latest = new Map<string, Score>();
  /** Of the last call: by how much the wall clock is ahead of awake time, and since when, in awake time, it has not leapt; ms. */
  private steady: { readonly ahead: number; readonly since: number } | undefined;

  constructor(fitted: FittedModel) {
    this.fitted = fitted;
    this.series = clockSeriesOf(fitted);
  }

  judge({ newestEvent, look }: ClockFacts, tick: Tick): Transition[] {
    const blindness = look === undefined ? undefined : this.watch.look(look, tick);
    const steadyFor = this.followClock(tick);
    const context = {
      now: tick.now,
      ...(newestEvent === Number.NEGATIVE_INFINITY ? {} : { newestEvent }),
      ...(blindness === undefined ? {} : { blindness }),
    };
    const empty = new Float64Array(this.fitted.counting.layout.stride);
    return this.series.flatMap((series) => {
      const score = series.measure.score(undefined, empty, context);
      this.latest.set(series.measure.name, score);
      return score.status === "ok" ? this.judgeSeries(series, { score, tick, steadyFor }) : [];
    });
  }

  /** How long the wall clock has not leapt, ms; Infinity where it never has. */
  private followClock(tick: Tick): number {
    const awake = awakeAt(tick);
    const ahead = tick.now - awake;
    const { ahead: before, since } = this.steady ?? { ahead, since: Number.NEGATIVE_INFINITY };
    this.steady = { ahead, since: Math.abs(ahead - before) > LEAP ? awake : since };
    return awake - this.steady.since;
  }

  private judgeSeries(
    series: RuleSeries,
    { score, tick, steadyFor }: { score: Score; tick: Tick; steadyFor: number },
  ): Transition[] {
    const transitions: Transition[] = [];
    // Age grows with the clock, so "older than the limit for so long" is "older than both together".
    const limit = series.limit + series.rule.for / 1000;
    const isPast = (score.value ?? 0) > limit;
    const standing = this.standings.get(series.key);
    if (standing === undefined && !(isPast && steadyFor > limit * 1000)) return [];
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
