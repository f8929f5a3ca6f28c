import { DEFAULT_FLOOR } from "../config/privacy-floor.ts";
import { awakeAt, type Tick } from "../config/tick.ts";
import { createFieldSummary, mergeFields } from "../counts/fields.ts";
import { unpackFields } from "../counts/fields-packed.ts";
import type { FittedModel } from "../rules/fitted-model.ts";
import type { Measure } from "../statistics/measure.ts";
import { MEASURES } from "../statistics/measures.ts";
import type { Score } from "../statistics/score.ts";
import type { PaneValue } from "../window/pane.ts";
import type { Alert, Transition } from "./alert.ts";
import { changeKey, changesOf, type FieldChange } from "./field-changes.ts";
import { type FieldPane, recentPanes } from "./field-panes.ts";
import { rangesOf } from "./offset-ranges.ts";
import { type RuleSeries, schemaSeriesOf } from "./rule-series.ts";
import { isSilent, RecordKinds } from "./record-kinds.ts";
import { resolveStrays, type Standing } from "./standing.ts";
import { createAlert, provenanceOf, resolveAlert } from "./transition.ts";
import { INACTIVE, step } from "./verdict.ts";

/** A longer window would say nothing more of a change, and take memory for every pane. */
const MOST_PANES = 120;

/**
 * Judges what fields the records have: one question per rule, of all versions together, since a change of the records is
 * somebody's deed and no matter of chance. It looks at the closed panes of one window, each time one of them has records.
 */
export class SchemaJudge {
  readonly standings = new Map<string, Standing>();
  /** By change: the pane in which it was first seen, also where that has left the window. */
  readonly since = new Map<string, number>();
  readonly kinds: RecordKinds;
  private readonly fitted: FittedModel;
  private readonly series: readonly RuleSeries[];
  private readonly size: number;
  private panes: FieldPane[] = [];
  private current: readonly FieldChange[] = [];
  /** Of some change too few records came to say whether it is over. */
  private isWaiting = false;
  /** Wall clock of the last close. */
  private closedAt = Number.NaN;

  constructor(fitted: FittedModel) {
    this.fitted = fitted;
    this.kinds = new RecordKinds(fitted.counting.fields);
    this.series = schemaSeriesOf(fitted);
    const size = this.series[0]?.rule.window.size ?? fitted.model.window.size;
    this.size = Math.min(size, MOST_PANES * fitted.counting.pane);
  }

  /** How far back it looks, ms. */
  get reach(): number {
    return this.size;
  }

  /** What is not as the reference had it, as of the last closed pane. */
  get changes(): readonly FieldChange[] {
    return this.current;
  }

  /** The window's records, field by field. */
  get window(): FieldPane["summary"] {
    const sum = createFieldSummary();
    for (const { summary } of this.panes) mergeFields(sum, summary, this.isKnown);
    return sum;
  }

  /** `panes` are closed and by start, of every task. Answers the transitions in order. */
  closePanes(panes: readonly PaneValue[], tick: Tick): Transition[] {
    const transitions: Transition[] = [];
    for (let next = 0; next < panes.length;) {
      const { start } = panes[next];
      while (next < panes.length && panes[next].start === start) this.addPane(panes[next++]);
      this.judge(start + this.fitted.counting.pane, transitions);
    }
    this.closedAt = awakeAt(tick);
    return transitions;
  }

  /** Fills the window again from the store, after a restart, judging nothing. */
  rebuild(panes: readonly PaneValue[]): void {
    for (const pane of panes) this.addPane(pane);
    this.look();
  }

  /** As the panes' judge: without panes for keepFiringFor of wall time, for want of data. */
  resolveSilent(tick: Tick): Transition[] {
    const awake = awakeAt(tick);
    if (Number.isNaN(this.closedAt)) this.closedAt = awake;
    const silence = awake - this.closedAt;
    return this.series.flatMap(({ key, patience }) => {
      const alert = this.standings.get(key)?.alert;
      if (alert === undefined || silence <= patience.keepFiringFor) return [];
      this.standings.delete(key);
      return [{ alert: resolveAlert(alert, "no data", tick.now), at: tick.now }];
    });
  }

  /** Ends what was remembered of rules that are gone. */
  resolveStrays(tick: Tick): Transition[] {
    return resolveStrays(this.standings, this.series, tick);
  }

  /** Of the measures that go by fields, whatever the rules ask. */
  currentScores(): { measure: string; score: Score }[] {
    return MEASURES.filter(({ byFields }) => byFields === true).map((measure) => ({
      measure: measure.name,
      score: this.scoreOf(measure),
    }));
  }

  private addPane({ start, packed }: PaneValue): void {
    const summary = unpackFields(packed);
    const last = this.panes.at(-1);
    if (last?.start === start) mergeFields(last.summary, summary, this.isKnown);
    else this.panes.push({ start, summary });
  }

  private readonly isKnown = (name: string): boolean =>
    this.fitted.counting.fields?.byName.has(name) ?? false;

  private judge(end: number, transitions: Transition[]): void {
    this.panes = this.panes.filter(({ start }) => start >= end - this.size);
    const last = this.panes.at(-1);
    if (last !== undefined) this.kinds.learn(last, { end, span: this.size });
    this.look();
    for (const series of this.series) this.step(series, end, transitions);
  }

  private look(): void {
    const { since: known } = this;
    const { floor = DEFAULT_FLOOR } = this.fitted.reference;
    const kinds = this.kinds.split(this.panes);
    const seen = kinds.flatMap(({ holder, expected, learntFrom, panes }) => {
      // A reference may have been built with another floor.
      const unkept = holder === undefined ? Math.max(floor, DEFAULT_FLOOR) : 0;
      const changes = changesOf(expected, { panes, known, floor, unkept });
      // What a stream declares needs no more than that.
      return changes.map((change) =>
        learntFrom === undefined || change.kind === "declared" ? change : { ...change, learntFrom },
      );
    });
    const keys = new Set(seen.map(changeKey));
    for (const key of known.keys()) if (!keys.has(key) && !isSilent(key, kinds)) known.delete(key);
    this.isWaiting = [...known.keys()].some((key) => !keys.has(key));
    this.current = seen.map((change) => {
      const first = known.get(changeKey(change)) ?? Date.parse(change.firstSeen);
      known.set(changeKey(change), first);
      return { ...change, firstSeen: new Date(first).toISOString() };
    });
  }

  private step(series: RuleSeries, end: number, transitions: Transition[]): void {
    const score = this.scoreOf(series.measure);
    const standing = this.standings.get(series.key);
    const isOver = score.status === "ok" && (score.value ?? 0) > series.limit;
    if (!isOver && standing === undefined) return;
    const observation = score.status !== "ok" ? "absent" : isOver ? "significant" : "calm";
    const {
      verdict,
      transition,
      reason = "",
    } = step(standing?.verdict ?? INACTIVE, observation, end, series.patience);
    if (transition === "resolved" && standing?.alert !== undefined) {
      transitions.push({ alert: resolveAlert(standing.alert, reason, end), at: end });
    }
    if (verdict.state === "inactive") {
      this.standings.delete(series.key);
      return;
    }
    if (verdict.state === "pending") {
      this.standings.set(series.key, { verdict });
      return;
    }
    const alert = this.alertOf(series, { score, since: verdict.since, end, known: standing?.alert });
    this.standings.set(series.key, { verdict, alert });
    if (transition === "firing") transitions.push({ alert, at: end });
  }

  /** An alert that fires goes on to tell what has changed besides; what is well again stays told until it ends. */
  private alertOf(
    series: RuleSeries,
    { score, since, end, known }: { score: Score; since: number; end: number; known: Alert | undefined },
  ): Alert {
    const told = new Set(known?.evidence?.fields?.map(changeKey));
    if (known !== undefined && this.current.every((change) => told.has(changeKey(change)))) return known;
    return createAlert({
      series,
      score,
      since,
      firedAt: known === undefined ? end : Date.parse(known.startsAt),
      section: new Float64Array(0),
      changes: this.current,
      offsets: rangesOf(this.panes.map(({ summary }) => summary)),
      provenance: provenanceOf(this.fitted),
    });
  }

  private scoreOf(measure: Measure): Score {
    const recent = recentPanes(this.panes);
    const sum = (read: (pane: FieldPane) => number): number => recent.reduce((n, pane) => n + read(pane), 0);
    return measure.score(undefined, new Float64Array(0), {
      records: {
        sampled: sum(({ summary }) => summary.sampled),
        learnt: sum((pane) => this.kinds.learntIn(pane)),
        isWaiting: this.isWaiting,
        changed: this.current.map(({ kind }) => kind),
      },
    });
  }
}
