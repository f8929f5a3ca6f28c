import type { Config } from "../config/config.ts";
import type { Reference } from "../reference/reference.ts";
import { fitModel } from "../rules/fitted-model.ts";
import type { FittedModel } from "../rules/fitted-model.ts";
import type { Model, Rule } from "../rules/model.ts";
import type { Trust } from "../statistics/score.ts";
import type { RuleBudget } from "../verdict/budget.ts";
import { shareBudget, type ModelBudget } from "../verdict/rule-budget.ts";
import { cohortSeriesOf, freshnessSeriesOf, seriesOf } from "../verdict/rule-series.ts";
import type { RuleSeries } from "../verdict/rule-series.ts";
import { shownCohortSeriesOf, shownSeriesOf } from "../verdict/shown-series.ts";
import { smallestVisibleChange } from "../verdict/significance.ts";
import type { Project } from "./project.ts";

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
  /** Panes kept: two of the longest windows, and two hours. */
  readonly panes: number;
  readonly memory: number;
  readonly metrics: number;
}

export interface RuleOutlook {
  readonly model: string;
  readonly alert: string;
  readonly measure: string;
  /** Series of one version that can be judged, by what the budget's promise is worth for them. */
  readonly trust: Readonly<Record<Trust, number>>;
  /** Series that no window can be judged of, by reason. */
  readonly silent: Readonly<Record<string, number>>;
  /** Where the rule draws on the budget. */
  readonly budget?: Pick<RuleBudget, "looks" | "consecutive" | "alpha" | "expected"> & {
    /** The period that looks and expected false alarms are counted in, ms. */
    readonly per: number;
  };
  /** The smallest change of a share that one usual window can show, of all its series. */
  readonly visible?: VisibleShift;
}

interface VisibleShift {
  readonly column: string;
  readonly segment: string;
  readonly direction: string;
  readonly from: number;
  readonly to: number;
}

export function buildOutlook(project: Project): Outlook {
  const hasLabels = Object.values(project.config?.streams ?? {}).some(({ role }) => role === "labels");
  const parts = project.models.flatMap((model) => {
    const reference = mainReference(model, project.references);
    if (reference === undefined) return [];
    const fitted = fitModel({ model, reference, hasLabels });
    const budget = shareBudget(fitted);
    const series = allSeries(fitted, budget);
    const needs = modelOutlook(fitted, series, project.config);
    return [{ needs, rules: ruleOutlooks(fitted.model, series, budget) }];
  });
  return {
    models: parts.map(({ needs }) => needs),
    rules: parts.flatMap(({ rules }) => rules),
    memory: parts.reduce((sum, { needs }) => sum + needs.memory, 0),
    metrics: parts.reduce((sum, { needs }) => sum + needs.metrics, 0),
  };
}

/** The one that versions without a reference of their own are held against. */
function mainReference(model: Model, references: Project["references"]): Reference | undefined {
  const named = model.references["default"] ?? Object.values(model.references)[0];
  return named === undefined ? undefined : references.get(named.file);
}

/** Counts are packed as varints: two bytes hold up to 16,383 of a bin in a pane. */
const BYTES_PER_COUNT = 2;
const TWO_HOURS = 7_200_000;

function modelOutlook(
  fitted: FittedModel,
  series: readonly RuleSeries[],
  config: Config | undefined,
): ModelOutlook {
  const { model, counting } = fitted;
  const blocks = (counting.keep + 1) * counting.segments.names.length;
  const longest = Math.max(model.window.size, ...model.rules.map((rule) => rule.window.size));
  const panes = Math.ceil((2 * longest + TWO_HOURS) / counting.pane);
  return {
    model: model.name,
    series: blocks * counting.columns.length,
    panes,
    memory: blocks * panes * counting.layout.stride * BYTES_PER_COUNT,
    metrics: metricLines(fitted, series, config?.metrics.segments ?? "firing"),
  };
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

/** Those of the rules, of one version. */
function allSeries(fitted: FittedModel, budget: ModelBudget): readonly RuleSeries[] {
  const judged = seriesOf(fitted, budget, ONE_VERSION);
  return [...judged, ...freshnessSeriesOf(fitted), ...cohortSeriesOf(fitted, ONE_VERSION)];
}

function ruleOutlooks(
  model: Model,
  series: readonly RuleSeries[],
  budget: ModelBudget,
): readonly RuleOutlook[] {
  const byRule = new Map<string, RuleSeries[]>(model.rules.map(({ alert }) => [alert, []]));
  for (const one of series) byRule.get(one.rule.alert)?.push(one);
  const budgets = new Map(budget.rules.map((one) => [one.alert, one]));
  return model.rules.map((rule) =>
    ruleOutlook({
      model,
      rule,
      series: byRule.get(rule.alert) ?? [],
      budget: budgets.get(rule.alert),
    }),
  );
}

function ruleOutlook(source: {
  model: Model;
  rule: Rule;
  series: readonly RuleSeries[];
  budget: RuleBudget | undefined;
}): RuleOutlook {
  const { model, rule, series, budget } = source;
  const trust = { promised: 0, provisional: 0, none: 0, policy: 0 };
  const silent: Record<string, number> = {};
  for (const { prepared } of series) {
    if (prepared === undefined || prepared.status === "ok") trust[prepared?.trust ?? "policy"] += 1;
    else {
      const reason = `${prepared.status}: ${prepared.reason ?? ""}`;
      silent[reason] = (silent[reason] ?? 0) + 1;
    }
  }
  const visible = bestShift(series);
  return {
    model: model.name,
    alert: rule.alert,
    measure: rule.measure,
    trust,
    silent,
    ...(budget && {
      budget: {
        looks: budget.looks,
        consecutive: budget.consecutive,
        alpha: budget.alpha,
        expected: budget.expected,
        per: model.budget.per,
      },
    }),
    ...(visible && { visible }),
  };
}

function bestShift(series: readonly RuleSeries[]): VisibleShift | undefined {
  let best: VisibleShift | undefined;
  for (const { prepared, labels } of series) {
    const change = prepared && smallestVisibleChange(prepared);
    if (change === undefined) continue;
    if (best === undefined || Math.abs(change.to - change.from) < Math.abs(best.to - best.from)) {
      best = { column: labels.column ?? "", segment: labels.segment ?? "all", ...change };
    }
  }
  return best;
}
