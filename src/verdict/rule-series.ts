import type { Section } from "../counts/layout.ts";
import type { SeriesRef } from "../counts/ref.ts";
import type { ReferenceSegment } from "../reference/reference.ts";
import { prepareSeries as referenceSeries } from "../reference/series.ts";
import type { FittedModel } from "../rules/fitted-model.ts";
import { selectNames } from "../rules/column-globs.ts";
import type { Rule } from "../rules/model.ts";
import type { Calibration, Signal } from "../statistics/calibration.ts";
import { groupDeff } from "../statistics/groups.ts";
import type { Measure, MeasureContext } from "../statistics/measure.ts";
import { measureNamed, MEASURES } from "../statistics/measures.ts";
import { allotBudget, consecutiveLooks, type BudgetedRule, type RuleBudget } from "./budget.ts";
import { prepareSeries, type PreparedSeries } from "./prepared-series.ts";
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
  /** Present where chance is asked; plain limits and policy measures do without. */
  readonly prepared?: PreparedSeries;
  /** In the unit of what is compared. */
  readonly limit: number;
  readonly patience: Patience;
}

/** What is absent is not judged by. */
export interface SeriesLabels {
  readonly version?: string;
  readonly segment?: string;
  readonly column?: string;
}

/** Version and segment of one block of the windows. */
export interface BlockPlace {
  readonly block: number;
  readonly version: string | undefined;
  readonly segment: string;
}

/** The block of all versions together stands behind the admitted ones and `other`. */
export function blockOf(fitted: FittedModel, version: number | undefined, segment: number): number {
  const { keep, segments } = fitted.counting;
  return (version ?? keep + 1) * segments.names.length + segment;
}

/** What a rule's series are, given the versions admitted so far. Label rules are judged by cohort, elsewhere. */
export function seriesOf(fitted: FittedModel, versions: readonly string[]): RuleSeries[] {
  const budgets = budgetsOf(fitted);
  return fitted.model.rules.flatMap((rule) => {
    const measure = measureNamed(rule.measure);
    if (measure === undefined || measure.from.includes("outcomes") || measure.name === "freshness") return [];
    const budget = budgets.find(({ alert }) => alert === rule.alert);
    return placesOf(fitted, rule, versions).flatMap((place) =>
      sectionsOf(fitted, rule, measure).map((section) =>
        createSeries({ fitted, rule, measure, place, section, alpha: alphaOf(budget, place, versions) }),
      ),
    );
  });
}

/** Series that no rule asks for, so that every measure of every column can be looked at: over all traffic, by version. */
export function shownSeriesOf(fitted: FittedModel, versions: readonly string[]): RuleSeries[] {
  return MEASURES.flatMap((measure) => {
    if (measure.from.includes("outcomes") || measure.name === "freshness") return [];
    const rule = shownRule(fitted, measure);
    return placesOf(fitted, rule, versions).flatMap((place) =>
      sectionsOf(fitted, rule, measure).map((section) =>
        createSeries({ fitted, rule, measure, place, section, alpha: 1 }),
      ),
    );
  });
}

/** The same for measures of labels. */
export function shownCohortSeriesOf(fitted: FittedModel, versions: readonly string[]): RuleSeries[] {
  const { outcomes } = fitted.counting;
  if (outcomes === undefined) return [];
  const [section] = outcomes.layout.sections;
  return MEASURES.filter(({ from }) => from.includes("outcomes")).flatMap((measure) => {
    const rule = shownRule(fitted, measure);
    return placesOf(fitted, rule, versions).map((place) =>
      createSeries({ fitted, rule, measure, place, section, alpha: 1 }),
    );
  });
}

/** A rule that never fires: nobody steps its series. */
function shownRule({ model }: FittedModel, measure: Measure): Rule {
  return {
    alert: "",
    measure: measure.name,
    columns: ["*"],
    by: measure.name === "volume" ? [] : ["version"],
    limit: { kind: "atLeast", value: measure.defaultAtLeast ?? 0 },
    for: 0,
    keepFiringFor: 0,
    severity: "",
    labels: {},
    annotations: {},
    window: { size: model.window.size, every: model.window.pane },
  };
}

/** The series of the rules that judge the age of the newest event: one per rule, whatever its `by`. */
export function freshnessSeriesOf(fitted: FittedModel): RuleSeries[] {
  return fitted.model.rules.flatMap((rule) => {
    const measure = measureNamed(rule.measure);
    if (measure?.name !== "freshness") return [];
    const [section] = fitted.counting.layout.sections;
    const place = { block: blockOf(fitted, undefined, 0), version: undefined, segment: "all" };
    return [createSeries({ fitted, rule, measure, place, section, alpha: Number.NaN })];
  });
}

/** The series of the rules that judge labels: once per cohort, by plain limits. */
export function cohortSeriesOf(fitted: FittedModel, versions: readonly string[]): RuleSeries[] {
  const { outcomes } = fitted.counting;
  if (outcomes === undefined) return [];
  return fitted.model.rules.flatMap((rule) => {
    const measure = measureNamed(rule.measure);
    if (measure === undefined || !measure.from.includes("outcomes")) return [];
    const [section] = outcomes.layout.sections;
    return placesOf(fitted, rule, versions).map((place) =>
      createSeries({ fitted, rule, measure, place, section, alpha: Number.NaN }),
    );
  });
}

/** How the model's budget is shared among its rules. */
export function budgetsOf(fitted: FittedModel): RuleBudget[] {
  return allotBudget(budgetedRulesOf(fitted), fitted.model.budget);
}

/** How many series that the reference knows share the model's budget. */
export function budgetedSeriesOf(fitted: FittedModel): number {
  return budgetedRulesOf(fitted).reduce((sum, { known }) => sum + known, 0);
}

function budgetedRulesOf(fitted: FittedModel): BudgetedRule[] {
  const { model, counting } = fitted;
  return model.rules.flatMap((rule) => {
    const measure = measureNamed(rule.measure);
    if (measure === undefined || rule.limit.kind !== "atLeast" || measure.signal === "policy") return [];
    const columns = sectionsOf(fitted, rule, measure).length;
    const segments = segmentsOf(fitted, rule).length;
    const known = columns * segments;
    const most = known * (rule.by.includes("version") ? counting.keep : 1);
    return [{ alert: rule.alert, known, most, every: rule.window.every, for: rule.for }];
  });
}

/** The first version is the one the reference knows; later ones take the slots kept for what is new. */
function alphaOf(budget: RuleBudget | undefined, place: BlockPlace, versions: readonly string[]): number {
  if (budget === undefined) return Number.NaN;
  const isKnown = place.version === undefined || versions.indexOf(place.version) === 0;
  return isKnown ? budget.alpha : budget.alphaOfNew;
}

function placesOf(fitted: FittedModel, rule: Rule, versions: readonly string[]): BlockPlace[] {
  const byVersion: (number | undefined)[] = rule.by.includes("version") ? [...versions.keys()] : [undefined];
  return byVersion.flatMap((version) =>
    segmentsOf(fitted, rule).map((segment) => ({
      block: blockOf(fitted, version, segment),
      version: version === undefined ? undefined : versions[version],
      segment: fitted.counting.segments.names[segment],
    })),
  );
}

/** Positions of the segments that a rule judges: `all`, or every known segment of the grouping that it names. */
function segmentsOf(fitted: FittedModel, rule: Rule): number[] {
  const keys = rule.by.filter((key) => key !== "version");
  if (keys.length === 0) return [0];
  const grouping = fitted.counting.segments.groupings.find(
    (candidate) => candidate.keys.length === keys.length && candidate.keys.every((key) => keys.includes(key)),
  );
  return grouping === undefined ? [] : [...grouping.segmentOfCode.values()];
}

function sectionsOf(fitted: FittedModel, rule: Rule, measure: Measure): Section[] {
  const { sections } = fitted.counting.layout;
  if (measure.from.includes("arrivals")) return [sections[0]];
  const readable = sections.filter((section) => measure.from.includes(section.kind));
  const names = selectNames(
    rule.columns,
    readable.map(({ column }) => column),
  );
  return readable.filter(({ column }) => names.includes(column));
}

function createSeries(options: {
  fitted: FittedModel;
  rule: Rule;
  measure: Measure;
  place: BlockPlace;
  section: Section;
  alpha: number;
}): RuleSeries {
  const { fitted, rule, measure, place, section, alpha } = options;
  const baseline = baselineOf(fitted, place.segment, section.column, measure.signal, rule.window.size);
  const prepared = rule.limit.kind === "atLeast" ? prepare(baseline, measure.signal, alpha) : undefined;
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
    ...(baseline.ref === undefined ? {} : { ref: baseline.ref }),
    segment: fitted.reference.segments.find(({ name }) => name === place.segment),
    context: contextOf(baseline, prepared),
    ...(prepared === undefined ? {} : { prepared }),
    limit: rule.limit.value,
    patience: {
      evaluations: consecutiveLooks(rule.for, rule.window.every),
      keepFiringFor: rule.keepFiringFor,
    },
  };
}

function prepare(
  baseline: SeriesBaseline,
  signal: Signal | "policy",
  alpha: number,
): PreparedSeries | undefined {
  const { ref } = baseline;
  return ref === undefined || signal === "policy"
    ? undefined
    : prepareSeries({ ...baseline, ref, signal, alpha });
}

/** What the reference holds of one series and question. */
export interface SeriesBaseline {
  readonly ref: SeriesRef | undefined;
  readonly calibration: Calibration | undefined;
  readonly parent?: Calibration | undefined;
}

export function baselineOf(
  fitted: FittedModel,
  segment: string,
  column: string,
  ...question: [signal: Signal | "policy", windowSize: number]
): SeriesBaseline {
  const [signal, windowSize] = question;
  const { reference } = fitted;
  const position = reference.columns.findIndex(({ name }) => name === column);
  if (position < 0 || signal === "policy") {
    const ref = position < 0 ? undefined : referenceSeries(reference, segment, position);
    return { ref, calibration: undefined };
  }
  const find = (name: string): Calibration | undefined =>
    reference.segments
      .find((candidate) => candidate.name === name)
      ?.columns[position]?.calibrations.find(
        (calibration) => calibration.signal === signal && calibration.windowSize === windowSize,
      );
  return {
    ref: referenceSeries(reference, segment, position),
    calibration: find(segment),
    ...(segment === "all" ? {} : { parent: find("all") }),
  };
}

export function contextOf(baseline: SeriesBaseline, prepared: PreparedSeries | undefined): MeasureContext {
  const { ref } = baseline;
  const calibration = prepared?.calibration ?? baseline.calibration;
  if (ref === undefined || calibration === undefined) return {};
  const deff =
    calibration.signal === "distribution" && calibration.k > 0
      ? { groupDeff: groupDeff(ref, calibration) }
      : {};
  return { calibration, ...deff };
}
