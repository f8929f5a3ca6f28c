import { awakeAt, type Tick } from "../config/tick.ts";
import type { FittedModel } from "../rules/fitted-model.ts";
import { OTHER_VERSION } from "../window/task-delta.ts";
import type { PaneValue } from "../window/pane.ts";
import type { Score } from "../statistics/score.ts";
import type { Alert, Transition } from "./alert.ts";
import { collectCircumstances, type WindowPanes } from "./circumstances.ts";
import { groupsSeenBy, observe, scoreSeries, type SeenWindow } from "./observation.ts";
import { JudgedWindows, placeOfPane } from "./judged-windows.ts";
import { shareBudget, type ModelBudget } from "./rule-budget.ts";
import { seriesAt, seriesOf, type RuleSeries } from "./rule-series.ts";
import { shownSeriesOf } from "./shown-series.ts";
import { faultyColumns } from "./faulty-columns.ts";
import { completeAlert, createAlert, provenanceOf, resolveAlert } from "./transition.ts";
import { SeenVersions } from "./seen-versions.ts";
import { replaceAlert, resolveAccepted, resolveStrays, resolveVersion, type Standing } from "./standing.ts";
import { INACTIVE, step, type Verdict } from "./verdict.ts";
import { compareSeries, gatherComparisons, leadOf, observeSeries } from "./version-alert.ts";
import { compareWindow, type ComparedScore } from "./version-comparison.ts";
import { pairOf, versionSeriesOf, type VersionPair } from "./version-series.ts";
import { horizonOf, reachOf } from "./window-shapes.ts";

export interface ScoredSeries {
  readonly series: RuleSeries;
  readonly score: Score;
}

export interface JudgeOptions {
  /** Spans without events are crossed after this long, ms; horizonOf by default, Infinity visits every pane. */
  readonly horizon?: number;
}

/**
 * Judges one model: takes in closed panes in order of event time, keeps the rolling windows, and steps every rule's series at
 * every pane end. It reads nothing by itself: the caller hands it panes that are committed and closed for good.
 */
export class Judge {
  /** End of the last closed pane, ms; -Infinity before the first. */
  closedThrough = Number.NEGATIVE_INFINITY;
  /** Start of the first pane that was ever closed: windows that reach before it are not judged. */
  began = Number.NaN;
  readonly standings = new Map<string, Standing>();
  readonly seen: SeenVersions;
  readonly fitted: FittedModel;
  private readonly budget: ModelBudget;
  private readonly windows: JudgedWindows;
  /** What rules ask, and the same where the parts of a comparison are one. */
  private series: readonly RuleSeries[] = [];
  private judged: readonly RuleSeries[] = [];
  private shown: readonly RuleSeries[] = [];
  private versions: readonly string[] = [];
  /** Wall clock of the last close. */
  private closedAt = Number.NaN;
  private quietSince = Number.NEGATIVE_INFINITY;
  private readonly horizon: number;

  constructor(fitted: FittedModel, options: JudgeOptions = {}) {
    this.fitted = fitted;
    this.seen = new SeenVersions(fitted.model.versions.forgetAfter);
    this.budget = shareBudget(fitted);
    this.windows = new JudgedWindows(fitted);
    this.horizon = options.horizon ?? horizonOf(fitted);
    this.setVersions([]);
  }

  setVersions(versions: readonly string[]): void {
    this.versions = versions;
    this.series = seriesOf(this.fitted, this.budget, versions);
    this.judged = gatherComparisons(this.series);
    this.shown = shownSeriesOf(this.fitted, versions);
    this.windows.watch([...this.series, ...this.shown]);
  }

  /** The panes that may be closed now and were not yet: [from, to) by start; undefined if there are none. */
  duePanes(watermark: number): { from: number; to: number } | undefined {
    const { pane, lateness } = this.fitted.counting;
    const to = Math.floor((watermark - lateness) / pane) * pane;
    if (Number.isNaN(to) || to <= this.closedThrough) return undefined;
    return { from: this.closedThrough, to };
  }

  /**
   * Closes all panes that start before `to`. `panes` are all that is stored from closedThrough on, of every task, by start.
   * Answers the transitions in order. Spans without events are crossed in one step once nothing can change in them.
   */
  closePanes(panes: readonly PaneValue[], to: number, tick: Tick): Transition[] {
    const { pane } = this.fitted.counting;
    const transitions: Transition[] = [];
    let next = 0;
    let start = this.closedThrough;
    if (start === Number.NEGATIVE_INFINITY) {
      if (panes.length === 0) return transitions;
      start = panes[0].start;
      this.began = start;
    }
    const lastStart = panes.at(-1)?.start ?? Number.NEGATIVE_INFINITY;
    const until = to === Number.POSITIVE_INFINITY ? Math.max(start, lastStart + pane) : to;
    while (start < until) {
      const first = next;
      while (next < panes.length && panes[next].start === start) this.addPane(panes[next++]);
      if (next > first) this.quietSince = start + pane;
      this.closePane(start + pane, transitions);
      start += pane;
      if (start - this.quietSince > this.horizon) {
        start = Math.max(start, Math.min(until, panes[next]?.start ?? until));
        this.forgetVersions(start, transitions);
      }
    }
    this.closedThrough = until;
    this.closedAt = awakeAt(tick);
    return transitions;
  }

  /** Alerts resolve for want of data once no pane has closed for their keepFiringFor of wall time (STREAMING 29). */
  resolveSilent(tick: Tick): Transition[] {
    const awake = awakeAt(tick);
    if (Number.isNaN(this.closedAt)) this.closedAt = awake;
    const silence = awake - this.closedAt;
    return this.judged.flatMap((series) => {
      const standing = this.standings.get(series.key);
      if (standing?.alert === undefined || silence <= series.patience.keepFiringFor) return [];
      this.standings.delete(series.key);
      return [{ alert: resolveAlert(standing.alert, "no data", tick.now), at: tick.now }];
    });
  }

  /** Of an alert that has just fired: the span whose panes `complete` needs. Undefined for its end. */
  windowOf({ alert, at }: Transition): { from: number; to: number } | undefined {
    const series = this.seriesOfAlert(alert);
    return series === undefined ? undefined : { from: at - series.rule.window.size, to: at };
  }

  /** Says with an alert, here and in the transition, what its window's panes tell besides: since when, and where else. */
  complete(transition: Transition, panes: WindowPanes): Transition {
    const { alert, at } = transition;
    const series = this.seriesOfAlert(alert);
    if (series === undefined) return transition;
    const { fitted, versions } = this;
    const window = { from: at - series.rule.window.size, to: at };
    const lead = leadOf(series, alert.evidence?.comparison);
    const circumstances = collectCircumstances({ fitted, series: lead, versions, panes, ...window });
    const completed = completeAlert(alert, circumstances, panes.offsets);
    replaceAlert(this.standings, completed);
    return { ...transition, alert: completed };
  }

  /** Also of an alert that has ended since: of history much is judged at once. */
  private seriesOfAlert({ state, alert, version, segment, column }: Alert): RuleSeries | undefined {
    if (state !== "firing") return undefined;
    return this.judged.find(
      ({ rule, labels }) =>
        rule.alert === alert &&
        labels.version === version &&
        labels.segment === segment &&
        labels.column === column,
    );
  }

  /** Ends what was remembered of series that no rule asks for any more, and what is no news any more. */
  resolveStrays(tick: Tick): Transition[] {
    return [
      ...resolveStrays(this.standings, this.judged, tick),
      ...resolveAccepted(this.standings, this.fitted, tick),
    ];
  }

  /** Fills the windows again from the store, after a restart: the panes before closedThrough, judging nothing. */
  rebuild(panes: readonly PaneValue[]): void {
    const { pane } = this.fitted.counting;
    let next = 0;
    for (let start = this.closedThrough - this.reach; start < this.closedThrough; start += pane) {
      while (next < panes.length && panes[next].start <= start) this.addPane(panes[next++]);
      this.windows.endSteps(start + pane);
    }
    this.quietSince = this.closedThrough;
  }

  /** How far back the windows reach, ms: a multiple of the pane. */
  get reach(): number {
    return reachOf(this.fitted);
  }

  /**
   * The last window of one version held against another's: of all traffic, and of the segments that rules judge. None where one
   * of the two was never seen.
   */
  compare(pair: VersionPair): ComparedScore[] {
    return versionSeriesOf(this.fitted, this.versions, pair).flatMap((series) => {
      const { rule, block, compared } = series;
      const window = this.windows.seenBy(series, this.closedThrough);
      const isSummed = [block, compared?.block].every(
        (one) => one !== undefined && this.windows.isWatched(rule.window, one),
      );
      if (window === undefined || !isSummed) return [];
      return [compareWindow(series, window)];
    });
  }

  /** Versions that some rule's last window held against another one's, there being enough of both. */
  comparedPairs(): VersionPair[] {
    return this.series.flatMap((series) => {
      const pair = pairOf(series);
      const window = this.windows.seenBy(series, this.closedThrough);
      if (pair === undefined || window === undefined) return [];
      return observe(seriesAt(series, window), window) === "absent" ? [] : [pair];
    });
  }

  /** Every measure of every column over all traffic, and the rules' own series that `include` asks for besides. */
  currentScores(include: (series: RuleSeries) => boolean): ScoredSeries[] {
    return [...this.shown, ...this.series.filter(include)].flatMap((series) => {
      const window = this.windows.seenBy(series, this.closedThrough);
      return window === undefined ? [] : [{ series, score: scoreSeries(seriesAt(series, window), window) }];
    });
  }

  private addPane(pane: PaneValue): void {
    const place = placeOfPane(this.fitted, pane, this.versions);
    if (place === undefined) return;
    if (pane.version !== OTHER_VERSION) {
      this.seen.see(pane.version, pane.start + this.fitted.counting.pane);
    }
    this.windows.addPane(pane, place);
  }

  private closePane(end: number, transitions: Transition[]): void {
    this.windows.endSteps(end);
    for (const series of this.judged) {
      const { every } = series.rule.window;
      const { version } = series.labels;
      // Nobody is missed who left long ago.
      if (version !== undefined && !this.seen.has(version)) continue;
      if (end - this.began < spanOf(series) || end % every !== 0) continue;
      this.judge(series, end, transitions);
    }
    this.forgetVersions(end, transitions);
  }

  /** A version that is gone takes its alerts with it. */
  private forgetVersions(end: number, transitions: Transition[]): void {
    for (const { version, at } of this.seen.takeGone(end)) {
      transitions.push(...resolveVersion(this.standings, this.judged, version, at));
    }
  }

  private judge(series: RuleSeries, end: number, transitions: Transition[]): void {
    const window = this.windows.seenBy(series, end);
    if (window === undefined) return;
    const observation = observeSeries(series, window);
    const standing = this.standings.get(series.key);
    if (observation !== "significant" && standing === undefined) return;
    const result = step(standing?.verdict ?? INACTIVE, observation, end, series.patience);
    const alert = this.alertOf(series, standing, window, result.verdict);
    if (result.verdict.state === "inactive") this.standings.delete(series.key);
    else
      this.standings.set(series.key, { verdict: result.verdict, ...(alert === undefined ? {} : { alert }) });
    if (result.transition === "firing" && alert !== undefined) transitions.push({ alert, at: end });
    if (result.transition === "resolved" && standing?.alert !== undefined) {
      transitions.push({ alert: resolveAlert(standing.alert, result.reason ?? "", end), at: end });
    }
  }

  private alertOf(
    series: RuleSeries,
    standing: Standing | undefined,
    window: SeenWindow,
    verdict: Verdict,
  ): Alert | undefined {
    if (verdict.state !== "firing") return undefined;
    if (standing?.alert !== undefined) return standing.alert;
    const comparison = compareSeries(series, window);
    const told = seriesAt(leadOf(series, comparison), window);
    const { offset, length } = told.section;
    return createAlert({
      series: told,
      score: scoreSeries(told, window),
      since: verdict.since,
      firedAt: window.to,
      section: window.sum.subarray(offset, offset + length),
      groups: groupsSeenBy(told, window),
      comparison,
      faulty: faultyColumns(this.fitted.counting.layout, window.sum),
      provenance: provenanceOf(this.fitted, series.labels.version),
    });
  }
}

/** What must have been seen before the series is judged, ms. */
function spanOf({ rule, compared }: RuleSeries): number {
  return compared?.isBefore === true ? 2 * rule.window.size : rule.window.size;
}
