import { predictedSlot } from "../counts/outcome-ruler.ts";
import type { Tick } from "../config/tick.ts";
import { referenceOf, type FittedModel } from "../rules/fitted-model.ts";
import type { Score } from "../statistics/score.ts";
import type { PaneValue } from "../window/pane.ts";
import type { Transition } from "./alert.ts";
import { sumCohorts, type CohortSums } from "./cohort-sums.ts";
import { cohortSeriesAt, contextOfCohort, isBetter, observeCohort, sectionOf } from "./cohort-series.ts";
import { countLabels } from "./group-decisions.ts";
import { explainOutcomes } from "./outcome-significance.ts";
import { cohortSeriesOf, type RuleSeries } from "./rule-series.ts";
import { shownCohortSeriesOf } from "./shown-series.ts";
import { judgeScore } from "./significance.ts";
import { createAlert, type Provenance, provenanceOf, resolveAlert } from "./transition.ts";
import { INACTIVE, step } from "./verdict.ts";
import type { ScoredSeries } from "./judge.ts";
import { SeenVersions } from "./seen-versions.ts";
import type { ComparedScore } from "./version-comparison.ts";
import { gatherComparisons, labelEvidence, type VersionEvidence } from "./version-alert.ts";
import { pairOf, versionCohortSeriesOf, type VersionPair } from "./version-series.ts";
import { resolveStrays, resolveVersion, type Standing } from "./standing.ts";

/** A cohort as its labels stand. Times are ms since the epoch. */
export interface CohortView {
  readonly from: number;
  readonly to: number;
  /** Its verdict stands, whatever later labels say; else its scores are provisional. */
  readonly isJudged: boolean;
  readonly scores: readonly ScoredSeries[];
}

/** That no predictions come any more: all their partitions are idle, or have ended. Times in ms. */
export interface PredictionSilence {
  /** Wall clock. */
  readonly now: number;
  /** Event time of the newest one. */
  readonly newest: number;
  /** Whether no labels come either. */
  readonly hasLabelsToo: boolean;
}

/** Labels may lack this much of the reference's coverage before a cohort says nothing (SIGNIFICANCE 6). */
const COVERAGE_SLACK = 0.02;

/**
 * Judges the label rules of one model: each cohort of predictions once, when its labels have matured. Labels that come
 * later revise the number, never the verdict.
 */
export class CohortJudge {
  /** End of the last judged cohort, ms; -Infinity before the first. */
  judgedThrough = Number.NEGATIVE_INFINITY;
  /** Outcomes of predictions in cohorts that end at or before this are no longer counted. */
  openAfter = Number.NEGATIVE_INFINITY;
  readonly standings = new Map<string, Standing>();
  readonly seen: SeenVersions;
  private readonly fitted: FittedModel;
  private series: readonly RuleSeries[] = [];
  /** The same, where the parts of a comparison are one. */
  private judged: readonly RuleSeries[] = [];
  private versions: readonly string[] = [];
  private shown: readonly RuleSeries[] = [];
  private scores: readonly ScoredSeries[] = [];
  private compared: VersionPair[] = [];

  constructor(fitted: FittedModel) {
    this.fitted = fitted;
    this.seen = new SeenVersions(fitted.model.versions.forgetAfter);
  }

  setVersions(versions: readonly string[]): void {
    this.versions = versions;
    this.series = cohortSeriesOf(this.fitted, versions);
    this.judged = gatherComparisons(this.series);
    this.shown = shownCohortSeriesOf(this.fitted, versions);
  }

  /**
   * The cohorts that have matured and were not judged: [from, to) by start. Both watermarks are event times, ms. Where no predictions
   * come any more the wall clock stands in for theirs, up to the cohort of the newest one, and where no labels come either
   * for theirs, once those that are missing would not count any more.
   */
  due(
    predictions: number,
    labels: number,
    silence?: PredictionSilence,
  ): { from: number; to: number } | undefined {
    const { outcomes } = this.fitted.counting;
    if (outcomes === undefined) return undefined;
    if (Number.isFinite(predictions)) this.openAfter = predictions - outcomes.expireAfter;
    const { cohort, expireAfter } = outcomes;
    const maturedAt = (time: number): number => Math.floor((time - this.matureAfter) / cohort) * cohort;
    let to = maturedAt(Math.min(predictions, labels));
    if (silence !== undefined) {
      const { now, newest, hasLabelsToo } = silence;
      const told = hasLabelsToo ? Math.max(labels, now - (expireAfter - this.matureAfter)) : labels;
      const last = (Math.floor(newest / cohort) + 1) * cohort;
      to = Math.max(to, Math.min(maturedAt(Math.min(now, told)), last));
    }
    if (Number.isNaN(to) || to <= this.judgedThrough) return undefined;
    return { from: this.judgedThrough, to };
  }

  /** Judges cohorts in order; `cohorts` are all that is stored in the range, of every task, by start. */
  close(cohorts: readonly PaneValue[], to: number): Transition[] {
    const { length } = this;
    const transitions: Transition[] = [];
    for (const { start, sums, versions } of this.sumUp(cohorts)) {
      for (const version of versions) this.seen.see(version, start + length);
      this.compared = [];
      for (const series of this.judged) this.judge(series, sums, start + length, transitions);
      for (const { version, at } of this.seen.takeGone(start + length)) {
        transitions.push(...resolveVersion(this.standings, this.judged, version, at));
      }
      this.scores = this.scoreAll(sums);
      this.judgedThrough = start + length;
    }
    if (Number.isFinite(to)) this.judgedThrough = to;
    return transitions;
  }

  /** Shows the last judged cohort again, after a restart: `cohorts` are stored ones before judgedThrough, by start. */
  rebuild(cohorts: readonly PaneValue[]): void {
    const start = cohorts.at(-1)?.start;
    for (const { sums, versions } of this.sumUp(cohorts.filter((cohort) => cohort.start === start))) {
      for (const version of versions) this.seen.see(version, (start ?? 0) + this.length);
      this.scores = this.scoreAll(sums);
    }
  }

  /**
   * What the labels say by now: of cohorts that are still to be judged, and of those that were, whose numbers later labels may
   * have revised. `cohorts` are stored ones, of every task, by start. Changes nothing.
   */
  view(cohorts: readonly PaneValue[]): CohortView[] {
    return this.sumUp(cohorts).map(({ start, sums }) => {
      const to = start + this.length;
      return { from: start, to, isJudged: to <= this.judgedThrough, scores: this.scoreAll(sums) };
    });
  }

  /** The same of one version, held against another's labels of the same cohort. */
  compare(
    cohorts: readonly PaneValue[],
    pair: VersionPair,
  ): (Omit<CohortView, "scores"> & { readonly scores: readonly ComparedScore[] })[] {
    const asked = versionCohortSeriesOf(this.fitted, this.versions, pair);
    return this.sumUp(cohorts).map(({ start, sums }) => {
      const to = start + this.length;
      const scores = asked.map((series) => this.compareOne(series, sums));
      return { from: start, to, isJudged: to <= this.judgedThrough, scores };
    });
  }

  private compareOne(series: RuleSeries, sums: ReadonlyMap<number, Float64Array>): ComparedScore {
    const score = this.scoreOf(series, sums);
    const block = series.comparedLabels?.block;
    if (series.outcomes !== undefined || block === undefined) return { series, score };
    return { series, score, other: this.scoreOf({ ...series, block }, sums) };
  }

  /** All that labels say of the version that an alert is of, beside the other; undefined of rules that compare none. */
  private comparisonOf(
    series: RuleSeries,
    sums: ReadonlyMap<number, Float64Array>,
    end: number,
  ): VersionEvidence | undefined {
    const pair = series.parts && pairOf(series);
    if (pair === undefined) return undefined;
    const compared = versionCohortSeriesOf(this.fitted, this.versions, pair)
      .filter(({ labels }) => labels.segment === series.labels.segment)
      .map((one) => this.compareOne(one, sums));
    return labelEvidence(pair.against, compared, { from: end - this.length, to: end });
  }

  /** Ends what was remembered of series that no rule asks for any more. */
  resolveStrays(tick: Tick): Transition[] {
    return resolveStrays(this.standings, this.judged, tick);
  }

  /** Versions whose labels some rule held against another one's in the last judged cohort, there being enough of both. */
  comparedPairs(): readonly VersionPair[] {
    return this.compared;
  }

  /** The scores of the last judged cohort. */
  currentScores(): readonly ScoredSeries[] {
    return this.scores;
  }

  /** Predictions that are this much older than the newest label had better have one, ms; Infinity where none are expected. */
  get labelPatience(): number {
    return this.fitted.counting.outcomes === undefined
      ? Number.POSITIVE_INFINITY
      : this.matureAfter + this.length;
  }

  private get matureAfter(): number {
    const { model, reference } = this.fitted;
    const learnt = reference.outcome?.delay99;
    return (
      model.labels.matureAfter ??
      (learnt === undefined || Number.isNaN(learnt) ? model.labels.expireAfter : learnt)
    );
  }

  private scoreAll(sums: ReadonlyMap<number, Float64Array>): ScoredSeries[] {
    const bySegment = this.series.filter(({ labels }) => labels.segment !== undefined);
    return [...this.shown, ...bySegment].map((series) => ({
      series,
      score: this.scoreOf(series, sums),
    }));
  }

  private get length(): number {
    return this.fitted.counting.outcomes?.cohort ?? 0;
  }

  private sumUp(cohorts: readonly PaneValue[]): CohortSums[] {
    return sumCohorts(this.fitted, this.versions, cohorts);
  }

  private judge(
    series: RuleSeries,
    sums: ReadonlyMap<number, Float64Array>,
    end: number,
    transitions: Transition[],
  ): void {
    const held = cohortSeriesAt(series, sums);
    const score = this.scoreOf(series, sums);
    const sum = sums.get(series.block);
    const standing = this.standings.get(series.key);
    const observation = isBetter(series, sums) ? "calm" : observeCohort(series, score);
    const pair = observation === "absent" ? undefined : pairOf(series);
    if (pair !== undefined) this.compared.push(pair);
    if (observation !== "significant" && standing === undefined) return;
    const result = step(standing?.verdict ?? INACTIVE, observation, end, series.patience);
    if (result.verdict.state === "inactive") this.standings.delete(series.key);
    if (result.transition === "resolved" && standing?.alert !== undefined) {
      transitions.push({ alert: resolveAlert(standing.alert, result.reason ?? "", end), at: end });
    }
    if (result.verdict.state === "inactive") return;
    let alert = standing?.alert;
    if (result.transition === "firing" && sum !== undefined) {
      alert = createAlert({
        series: held,
        score,
        since: result.verdict.since,
        firedAt: end,
        section: sectionOf(series, sum),
        groups: contextOfCohort(series, sums).groups,
        comparison: this.comparisonOf(series, sums, end),
        provenance: this.provenanceOf(series.labels.version),
      });
      transitions.push({ alert, at: end });
    }
    this.standings.set(series.key, { verdict: result.verdict, ...(alert === undefined ? {} : { alert }) });
  }

  private scoreOf(asked: RuleSeries, sums: ReadonlyMap<number, Float64Array>): Score {
    const sum = sums.get(asked.block);
    if (sum === undefined) return { status: "no-data", reason: "no predictions", n: 0 };
    const series = cohortSeriesAt(asked, sums);
    const section = sectionOf(series, sum);
    const measured = series.measure.score(undefined, section, contextOfCohort(series, sums));
    const score =
      series.outcomes === undefined
        ? { ...measured, trust: "policy" as const }
        : judgeScore(measured, explainOutcomes(series.outcomes, section));
    // Whether labels came is known however few there are.
    if (series.section.kind === "delays") return score;
    // What groups are compared by may be of some labels only.
    const labels = series.groups === undefined ? score.n : countLabels("", sum).decisions;
    const coverage = labels / this.predictedIn(sum);
    const expected = referenceOf(this.fitted, series.labels.version).outcome?.coverage ?? 1;
    if (score.status === "ok" && coverage < expected - COVERAGE_SLACK) {
      const reason = `labels: ${(coverage * 100).toFixed(0)}% of predictions have one`;
      return { ...score, status: "no-data", reason, extras: { ...score.extras, coverage } };
    }
    return { ...score, extras: { ...score.extras, coverage } };
  }

  private predictedIn(sum: Float64Array): number {
    const { outcomes } = this.fitted.counting;
    return outcomes === undefined ? 0 : sum[predictedSlot(outcomes.ruler)];
  }

  private provenanceOf(version: string | undefined): Provenance {
    const { model, lineage } = provenanceOf(this.fitted, version);
    return { model, lineage: { ...lineage, layout: this.fitted.counting.outcomes?.layout.id ?? "" } };
  }
}
