import type { Config } from "../config/config.ts";
import type { Reference } from "../reference/reference.ts";
import { keptPanes, mostKept } from "../evaluation/retention.ts";
import { fitModel } from "../rules/fitted-model.ts";
import type { FittedModel } from "../rules/fitted-model.ts";
import type { Model } from "../rules/model.ts";
import { shareBudget, type ModelBudget } from "../verdict/rule-budget.ts";
import { clockSeriesOf, cohortSeriesOf, schemaSeriesOf, seriesOf } from "../verdict/rule-series.ts";
import type { RuleSeries } from "../verdict/rule-series.ts";
import { shownCohortSeriesOf, shownSeriesOf } from "../verdict/shown-series.ts";
import { planJoin } from "../join/half-plans.ts";
import { MEETING } from "../join/meeting.ts";
import { groupStreams } from "../engine/task-groups.ts";
import { predictionFields } from "../window/outcome-intake.ts";
import type { Project } from "./project.ts";
import { ruleOutlooks } from "./rule-outlook.ts";
import type { RuleOutlook } from "./rule-outlook.ts";

/** What a configuration will need, and what its rules will be able to say. */
export interface Outlook {
  readonly models: readonly ModelOutlook[];
  readonly rules: readonly RuleOutlook[];
  /** Bytes of panes in the store, at most. */
  readonly memory: number;
  /** Lines of /metrics about series and rules, at most, while nothing fires. */
  readonly metrics: number;
}

export interface ModelOutlook {
  readonly model: string;
  /** Versions (with `other`) x segments x columns. */
  readonly series: number;
  /** Panes kept at most: of two of the longest windows and two hours, and until they are deleted together. */
  readonly panes: number;
  /** Panes of an hour, and of a day, that those are added up to. */
  readonly hours: number;
  readonly days: number;
  readonly memory: number;
  readonly metrics: number;
  /** Where labels come: bytes that the store keeps of every prediction until it expires, and after how long it does, ms. */
  readonly predictions?: Kept & { readonly expireAfter: number };
  /** Where requests and responses come one by one: bytes that the store keeps of every request until its id is forgotten, ms. */
  readonly requests?: Kept & { readonly age: number };
}

/** What the store keeps one by one. */
interface Kept {
  /** Of each. */
  readonly bytes: number;
  /** So many of one partition at once, where the store has a bound. */
  readonly most?: number;
}

type FittingProject = Pick<Project, "config" | "models" | "references">;

/** A model with its reference, and what its rules ask of the version that the reference knows. */
export interface FittedRules {
  readonly fitted: FittedModel;
  readonly budget: ModelBudget;
  readonly series: readonly RuleSeries[];
}

/** Of all models that have a reference. */
export function fitRules({ models, references, config }: FittingProject): readonly FittedRules[] {
  const hasLabels = Object.values(config?.streams ?? {}).some(({ role }) => role === "labels");
  return models.flatMap((model) => {
    const reference = mainReference(model, references);
    if (reference === undefined) return [];
    const fitted = fitModel({ model, reference, hasLabels });
    const budget = shareBudget(fitted);
    return [{ fitted, budget, series: allSeries(fitted, budget) }];
  });
}

export function buildOutlook(project: FittingProject, models = fitRules(project)): Outlook {
  const parts = models.map(({ fitted, budget, series }) => ({
    needs: modelOutlook(fitted, series, project.config),
    rules: ruleOutlooks(fitted.model, series, budget),
  }));
  return {
    models: parts.map(({ needs }) => needs),
    rules: parts.flatMap(({ rules }) => rules),
    memory: parts.reduce((sum, { needs }) => sum + needs.memory, 0),
    metrics: parts.reduce((sum, { needs }) => sum + needs.metrics, 0),
  };
}

/** Series of one version whose false alarms the budget bounds. */
export function countPromised(fitted: FittedModel): number {
  return allSeries(fitted, shareBudget(fitted)).filter(({ prepared, outcomes }) => {
    const judged = prepared ?? outcomes;
    return judged?.status === "ok" && judged.trust === "promised";
  }).length;
}

/** The one that versions without a reference of their own are held against. */
export function mainReference(model: Model, references: Project["references"]): Reference | undefined {
  const named = model.references["default"] ?? Object.values(model.references)[0];
  return named === undefined ? undefined : references.get(named.file);
}

/** Counts are packed as varints: two bytes hold up to 16,383 of a bin in a pane, three up to 2,097,151 in an hour or a day. */
const BYTES_PER_COUNT = 2;
const BYTES_PER_SUM = 3;
/** Sums are of steps, of which a value has up to 2^20: as many more. */
const MORE_BYTES_OF_STEPS = 2;

function modelOutlook(
  fitted: FittedModel,
  series: readonly RuleSeries[],
  config: Config | undefined,
): ModelOutlook {
  const { model, counting } = fitted;
  const blocks = (counting.keep + 1) * counting.segments.names.length;
  const [panes, hours, days] = keptPanes(fitted).map(mostKept);
  const { sections, stride } = counting.layout;
  const bytesPerCount = panes * BYTES_PER_COUNT + (hours + days) * BYTES_PER_SUM;
  const summed = sections.filter(({ kind }) => kind === "sums").reduce((sum, { length }) => sum + length, 0);
  const bytesOfSteps = (panes + hours + days) * MORE_BYTES_OF_STEPS;
  return {
    model: model.name,
    series: blocks * counting.columns.length,
    panes,
    hours,
    days,
    memory: blocks * (stride * bytesPerCount + summed * bytesOfSteps),
    metrics: metricLines(fitted, series, config?.metrics.segments ?? "firing"),
    ...keptPredictions(fitted, config),
    ...keptRequests(fitted, config),
  };
}

function keptPredictions(
  { counting }: FittedModel,
  config: Config | undefined,
): Pick<ModelOutlook, "predictions"> {
  const { outcomes, segments } = counting;
  if (outcomes === undefined) return {};
  const kept = keptOf(predictionFields(outcomes, segments.groupings.length), config);
  return { predictions: { ...kept, expireAfter: outcomes.expireAfter } };
}

/** Redis holds entries packed, as fields of small hashes: 37 to 41 bytes of six fields, and up to nine for each further one. */
const REDIS_BYTES = { ofSixFields: 41, more: 9 };

function keptOf(fields: number, config: Config | undefined): Kept {
  const redis = config?.state.redis;
  if (redis === undefined) return { bytes: Float64Array.BYTES_PER_ELEMENT * (1 + fields) };
  const bytes = REDIS_BYTES.ofSixFields + REDIS_BYTES.more * Math.max(0, fields - 6);
  return { bytes, most: redis.maxPredictions };
}

/** Most halves meet before they are written: of the others their cells are kept besides. */
function keptRequests(
  { model, counting }: FittedModel,
  config: Config | undefined,
): Pick<ModelOutlook, "requests"> {
  const groups = groupStreams(Object.values(config?.streams ?? {}), [model.name]);
  const within = groups.find(({ streams: [first] }) => first.models.includes(model.name))?.within;
  if (within === undefined) return {};
  return { requests: { ...keptOf(MEETING.width, config), age: planJoin(counting.plan, within).age } };
}

/** A line per measure and series, one of n per series, one threshold per rule; every version has its own. */
function metricLines(
  fitted: FittedModel,
  judged: readonly RuleSeries[],
  shown: Config["metrics"]["segments"],
): number {
  const { model, counting } = fitted;
  const lines = new Map<string, number>();
  for (const { measure, labels } of [
    ...judged,
    ...shownSeriesOf(fitted, ONE_VERSION),
    ...shownCohortSeriesOf(fitted, ONE_VERSION),
  ]) {
    if (labels.segment !== undefined && shown !== "all") continue;
    const copies = labels.version === undefined ? 1 : counting.keep + 1;
    const series = JSON.stringify([labels.version, labels.segment, labels.column]);
    lines.set(series, copies).set(`${measure.name} ${series}`, copies);
  }
  return [...lines.values()].reduce((sum, copies) => sum + copies, model.rules.length);
}

/** The one that the reference knows. */
const ONE_VERSION = [""];

/** Those of the rules, of one version: of a comparison, the one that it asks about. */
function allSeries(fitted: FittedModel, budget: ModelBudget): readonly RuleSeries[] {
  const of = (versions: readonly string[]): RuleSeries[] => [
    ...seriesOf(fitted, budget, versions),
    ...cohortSeriesOf(fitted, versions),
  ];
  const named = new Set(fitted.model.rules.flatMap(({ compare }) => compare?.version ?? []));
  const compared = [...named].flatMap((version) =>
    of([version]).filter(({ rule }) => rule.compare?.version === version),
  );
  return [...of(ONE_VERSION), ...compared, ...clockSeriesOf(fitted), ...schemaSeriesOf(fitted)];
}
