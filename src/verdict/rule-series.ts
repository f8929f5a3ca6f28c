import type { Section } from "../counts/layout.ts";
import type { SeriesRef } from "../counts/ref.ts";
import { countsLabels } from "../counts/summary-kinds.ts";
import type { ReferenceSegment } from "../reference/reference.ts";
import { limitOfColumn } from "../rules/defaults-section.ts";
import { referenceOf, type FittedModel } from "../rules/fitted-model.ts";
import type { Rule } from "../rules/model.ts";
import type { Measure, MeasureContext } from "../statistics/measure.ts";
import { measureNamed } from "../statistics/measures.ts";
import { consecutiveLooks } from "./budget.ts";
import { prepareOutcomes, type PreparedOutcomes } from "./prepared-outcomes.ts";
import { type ComparedGroups, comparedGroups } from "./group-decisions.ts";
import { asCounted, type PreparedComparison } from "./prepared-comparison.ts";
import { slotAt, type PreparedSeason } from "./prepared-season.ts";
import type { PreparedSeries } from "./prepared-series.ts";
import { alphaOf, budgetOfRule, type ModelBudget, shareBudget } from "./rule-budget.ts";
import { baselineOf, comparisonOf, contextOf, prepare, seasonOf } from "./series-baseline.ts";
import {
  type BlockPlace,
  blockOf,
  cohortSectionsOf,
  judgedVersions,
  placesOf,
  sectionsOf,
} from "./series-places.ts";
import { withCounts } from "./slot-reference.ts";
import type { Patience } from "./verdict.ts";

/** One question that a rule asks again and again: of one version, segment and column. */
export interface RuleSeries {
  /** Names it in the store and in the ids of its alerts. */
  readonly key: string;
  readonly rule: Rule;
  readonly measure: Measure;
  readonly labels: SeriesLabels;
  /** Where its counts stand in the windows: the block, and the section of the block. */
  readonly block: number;
  readonly section: Section;
  readonly ref?: SeriesRef;
  readonly segment: ReferenceSegment | undefined;
  readonly context: MeasureContext;
  /** Of a measure across groups. */
  readonly groups?: ComparedGroups;
  /** Present where chance is asked; plain limits and policy measures do without. */
  readonly prepared?: PreparedSeries;
  /** Rows that come for each that the reference was learnt of; absent for one that was built of all. */
  readonly traffic?: number;
  /** Where the rule goes by season: `ref`, `prepared` and `context` are then those of a typical hour. */
  readonly season?: PreparedSeason;
  /** Where the rule goes by other windows: `ref`, `prepared` and `context` are then those of the reference. */
  readonly compared?: Compared;
  /** The same for rules that ask it of labels. */
  readonly outcomes?: PreparedOutcomes;
  /** Where labels are held against another version's: its block; undefined while it has not been seen. */
  readonly comparedLabels?: { readonly block: number | undefined };
  /** Of a comparison of versions: all that is asked of one version and segment, and told together. */
  readonly parts?: readonly RuleSeries[];
  /** In the unit of what is compared. */
  readonly limit: number;
  readonly patience: Patience;
}

/** The windows that a series is held against. */
interface Compared {
  /** The reference's. */
  readonly ref: SeriesRef;
  readonly prepared: PreparedComparison;
  /** Those right before, in place of those of the same time. */
  readonly isBefore: boolean;
  /** Where their counts stand; undefined for a version that has not been seen. */
  readonly block: number | undefined;
}

/** Sums of the windows of one span of time, which begins at `from` (ms), by block; undefined where one never held anything. */
interface WindowSums {
  readonly from: number;
  sumOf(block: number): Float64Array | undefined;
  /** Of the window before. */
  sumBefore(block: number): Float64Array | undefined;
}

/** What is absent is not judged by. */
interface SeriesLabels {
  readonly version?: string;
  readonly segment?: string;
  readonly column?: string;
}

/** What a rule's series are, given the versions admitted so far. Label rules are judged by cohort, elsewhere. */
export function seriesOf(
  fitted: FittedModel,
  budget: ModelBudget,
  versions: readonly string[],
): RuleSeries[] {
  return fitted.model.rules.flatMap((rule) => {
    const measure = measureNamed(rule.measure);
    if (measure === undefined || isJudgedElsewhere(measure)) return [];
    const share = budgetOfRule(budget, rule);
    const judged = judgedVersions(rule, versions);
    return placesOf(fitted, rule, versions).flatMap((place) =>
      sectionsOf(fitted, rule, measure).map((section) =>
        createSeries({ fitted, rule, measure, place, section, alpha: alphaOf(share, place, judged) }),
      ),
    );
  });
}

/** Labels are judged by cohort, and some measures by the clock, or by the fields of records. */
export function isJudgedElsewhere({ from, byClock, byFields }: Measure): boolean {
  return from.some(countsLabels) || byClock === true || byFields === true;
}

/** The series of the rules that go by the clock: one per rule, whatever its `by`. */
export function clockSeriesOf(fitted: FittedModel): RuleSeries[] {
  return wholeSeriesOf(fitted, ({ byClock }) => byClock === true);
}

/** The same of those that go by the fields of records. */
export function schemaSeriesOf(fitted: FittedModel): RuleSeries[] {
  return wholeSeriesOf(fitted, ({ byFields }) => byFields === true);
}

function wholeSeriesOf(fitted: FittedModel, isMeant: (measure: Measure) => boolean): RuleSeries[] {
  return fitted.model.rules.flatMap((rule) => {
    const measure = measureNamed(rule.measure);
    if (measure === undefined || !isMeant(measure)) return [];
    const [section] = fitted.counting.layout.sections;
    const place = { block: blockOf(fitted, undefined, 0), version: undefined, segment: "all" };
    return [createSeries({ fitted, rule, measure, place, section, alpha: Number.NaN })];
  });
}

/** The series of the rules that judge labels: once per cohort. */
export function cohortSeriesOf(fitted: FittedModel, versions: readonly string[]): RuleSeries[] {
  const { outcomes } = fitted.counting;
  if (outcomes === undefined) return [];
  const budget = shareBudget(fitted);
  return fitted.model.rules.flatMap((rule) => {
    const measure = measureNamed(rule.measure);
    if (measure === undefined || !measure.from.some(countsLabels)) return [];
    const sections = cohortSectionsOf(fitted, rule, measure);
    // A cohort is looked at once: `for` counts cohorts, not panes.
    const perCohort = { ...rule, window: { ...rule.window, every: outcomes.cohort } };
    const share = budgetOfRule(budget, rule);
    const judged = judgedVersions(rule, versions);
    return placesOf(fitted, rule, versions).flatMap((place) =>
      sections.map((section) =>
        createSeries({
          fitted,
          rule: perCohort,
          measure,
          place,
          section,
          alpha: alphaOf(share, place, judged),
        }),
      ),
    );
  });
}

export function createSeries(options: {
  fitted: FittedModel;
  rule: Rule;
  measure: Measure;
  place: BlockPlace;
  section: Section;
  alpha: number;
}): RuleSeries {
  const { fitted, rule, measure, place, section, alpha } = options;
  // What is asked of labels has no column to be held against.
  const signal = measure.signal === "outcomes" ? "policy" : measure.signal;
  const reference = referenceOf(fitted, place.version);
  const baseline = baselineOf(fitted, {
    version: place.version,
    segment: place.segment,
    column: section.column,
    signal,
    windowSize: rule.window.size,
    against: rule.against,
  });
  const isBudgeted = rule.limit.kind === "atLeast";
  const prepared = isBudgeted ? prepare(baseline, signal, alpha) : undefined;
  const season = seasonOf(baseline, signal, alpha);
  const comparison = isBudgeted ? comparisonOf(baseline, signal, alpha) : undefined;
  const compared = comparison && comparedWindows(comparison, baseline.ref, options);
  const { counting } = fitted;
  const segment = reference.segments.find(({ name }) => name === place.segment);
  const cohort = counting.outcomes?.cohort ?? 0;
  const labels = {
    ...(place.version === undefined ? {} : { version: place.version }),
    ...(place.segment === "all" ? {} : { segment: place.segment }),
    ...(section.column === "" ? {} : { column: section.column }),
  };
  return {
    key: JSON.stringify([rule.alert, place.version ?? null, place.segment, section.column]),
    rule,
    measure,
    labels,
    block: place.block,
    section,
    ...(baseline.ref === undefined ? {} : { ref: season?.typical.ref ?? baseline.ref }),
    ...(season === undefined ? {} : { season }),
    ...(compared === undefined ? {} : { compared }),
    segment,
    context: countsLabels(section.kind)
      ? labelContext({ counting, reference }, section, segment?.outcome?.counts)
      : contextOf({ ...baseline, ref: season?.typical.ref ?? baseline.ref }, prepared),
    ...(measure.across !== undefined ? { groups: comparedGroups(fitted, place, section.column) } : {}),
    ...(prepared === undefined ? {} : { prepared }),
    ...(reference.learnt && { traffic: reference.learnt.rows / reference.rows }),
    ...(isBudgeted && measure.signal === "outcomes"
      ? { outcomes: prepareOutcomes({ reference, segment: place.segment, cohort, alpha }) }
      : {}),
    ...(countsLabels(section.kind) && typeof rule.against === "object"
      ? { comparedLabels: { block: place.other } }
      : {}),
    limit: limitOfColumn(rule, reference, section.column),
    patience: {
      evaluations: consecutiveLooks(rule.for, rule.window.every),
      keepFiringFor: rule.keepFiringFor,
    },
  };
}

function comparedWindows(
  prepared: PreparedComparison,
  ref: SeriesRef | undefined,
  { rule, place }: { rule: Rule; place: BlockPlace },
): Compared | undefined {
  if (ref === undefined) return undefined;
  const isBefore = rule.against === "previous";
  return { prepared, ref, isBefore, block: isBefore ? place.block : place.other };
}

/**
 * The series as a window is judged: by its hour, where the rule goes by season, and by what another window holds, where it goes
 * by that.
 */
export function seriesAt(series: RuleSeries, window: WindowSums): RuleSeries {
  const { season, compared } = series;
  if (compared !== undefined) return seriesAgainst(series, compared, window);
  if (season === undefined) return series;
  const { ref, prepared } = slotAt(season, window.from);
  const context = contextOf({ ref, calibration: prepared.calibration }, prepared);
  return { ...series, ref, prepared, context };
}

function seriesAgainst(series: RuleSeries, compared: Compared, window: WindowSums): RuleSeries {
  const { offset, length } = series.section;
  const { ref, block, isBefore } = compared;
  const sum = block === undefined ? undefined : isBefore ? window.sumBefore(block) : window.sumOf(block);
  const other = sum?.subarray(offset, offset + length) ?? new Float64Array(length);
  const prepared = compared.prepared.against(other);
  const { calibration } = prepared;
  return {
    ...series,
    prepared,
    context: { ...series.context, calibration: asCounted(calibration) },
    // Few windows get as far as to be measured.
    get ref() {
      return withCounts(ref, other.slice(0, ref.counts.length), calibration.n);
    },
  };
}

/** Labels are held against those of the same segment. */
function labelContext(
  { counting, reference }: Pick<FittedModel, "counting" | "reference">,
  { kind, offset, length }: Section,
  counts: Float64Array | undefined,
): MeasureContext {
  if (kind === "delays") return arrivalContext(reference);
  const ruler = counting.outcomes?.ruler;
  return {
    ...(counts === undefined ? {} : { outcomes: counts.subarray(offset, offset + length) }),
    ...(ruler?.kind === "values" ? { values: ruler } : {}),
    ...(ruler?.kind === "classes" ? { classes: ruler } : {}),
  };
}

/** What the reference learnt of how labels come, as far as it did. */
function arrivalContext({ outcome }: FittedModel["reference"]): MeasureContext {
  if (outcome === undefined) return {};
  const { coverage, delay99 } = outcome;
  return { coverage, ...(Number.isNaN(delay99) ? {} : { delay99: delay99 / 1000 }) };
}
