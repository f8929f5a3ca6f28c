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

/** An age that grows by so much more than the time that somebody was awake has leapt, ms. */
const LEAP = 30_000;
/** What has leapt is caught up with as long as it falls by so much each time. */
const CATCHING_UP = 0.1;

/**
 * Judges how old the newest event is, and whether the monitor sees anything. Both go by the wall clock, not by panes: a silent
 * stream closes none. So they stand outside the budget and outside what a replay repeats (STREAMING 31).
 *
 * The age of the newest event leaps where the clock is set, the machine slept, or a store that was lost is rebuilt from what
 * Kafka keeps; and who begins to judge may have a history to read. Such a stream is not silent: it is called so when nothing has
 * come for the limit since, or all was read.
 */
export class ClockJudge {
  readonly standings = new Map<string, Standing>();
  private readonly series: readonly RuleSeries[];
  private readonly fitted: FittedModel;
  private readonly watch = new BlindnessWatch();
  private readonly latest = new Map<string, Score>();
  /** The newest event's age at the last call, and when that was, awake time; ms. */
  private aged: { readonly age: number; readonly at: number } | undefined;
  /** The least age since it last leapt, and when it was reached, awake time, ms; and whether the leap is over once all is read. */
  private leapt: { readonly age: number; readonly at: number; readonly isHistory: boolean } | undefined;

  constructor(fitted: FittedModel) {
    this.fitted = fitted;
    this.series = clockSeriesOf(fitted);
  }

  judge({ newestEvent, look }: ClockFacts, tick: Tick): Transition[] {
    const blindness = look === undefined ? undefined : this.watch.look(look, tick);
    const isBehind =
      look?.streams.some(({ role, bounded, lag }) => role !== "labels" && !bounded && lag > 0) ?? false;
    const age = Math.max(0, tick.now - newestEvent);
    const silentFor = this.followAge({ age, at: awakeAt(tick), isBehind });
    const context = {
      now: tick.now,
      ...(newestEvent === Number.NEGATIVE_INFINITY ? {} : { newestEvent }),
      ...(blindness === undefined ? {} : { blindness }),
    };
    const empty = new Float64Array(this.fitted.counting.layout.stride);
    return this.series.flatMap((series) => {
      const score = series.measure.score(undefined, empty, context);
      this.latest.set(series.measure.name, score);
      return score.status === "ok" ? this.judgeSeries(series, { score, tick, silentFor }) : [];
    });
  }

  /** How long the newest event has grown older evenly, ms; Infinity where it always has. */
  private followAge({ age, at, isBehind }: { age: number; at: number; isBehind: boolean }): number {
    // Where nothing is known for a while, what comes next is held against what was known before.
    if (!Number.isFinite(age)) return 0;
    const { aged: before, leapt } = this;
    this.aged = { age, at };
    if (before === undefined) this.leapt = isBehind ? { age, at, isHistory: true } : undefined;
    else if (age - before.age > at - before.at + LEAP) this.leapt = { age, at, isHistory: false };
    else if (leapt?.isHistory === true && !isBehind) this.leapt = undefined;
    else if (leapt !== undefined && age <= (1 - CATCHING_UP) * leapt.age) this.leapt = { ...leapt, age, at };
    return at - (this.leapt?.at ?? Number.NEGATIVE_INFINITY);
  }

  private judgeSeries(
    series: RuleSeries,
    { score, tick, silentFor }: { score: Score; tick: Tick; silentFor: number },
  ): Transition[] {
    const transitions: Transition[] = [];
    // Age grows with the clock, so "older than the limit for so long" is "older than both together".
    const limit = series.limit + series.rule.for / 1000;
    const isPast = (score.value ?? 0) > limit;
    const standing = this.standings.get(series.key);
    const isLeap = series.measure.name === "freshness" && silentFor <= limit * 1000;
    if (standing === undefined && (!isPast || isLeap)) return [];
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
