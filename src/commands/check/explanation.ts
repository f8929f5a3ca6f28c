import type { Document } from "../../config/document.ts";
import { DAY } from "../../config/quantity.ts";
import { locate } from "../../config/location.ts";
import { relativePath } from "../../config/path.ts";
import { countsLabels } from "../../counts/summary-kinds.ts";
import type { ColumnType } from "../../event/batch.ts";
import type { FittedModel } from "../../rules/fitted-model.ts";
import type { Limit, Model, Rule } from "../../rules/model.ts";
import { pathOfAlert } from "../../rules/rule-file.ts";
import { detectShifts } from "../../verdict/detection.ts";
import { budgetOfRule, type ModelBudget } from "../../verdict/rule-budget.ts";
import type { RuleSeries } from "../../verdict/rule-series.ts";
import type { FittedRules } from "../outlook.ts";
import type { RuleOutlook } from "../rule-outlook.ts";

/** What the budget means for one rule, and where what it goes by comes from. Times are ms; series are those of one version. */
export interface RuleExplanation {
  readonly model: string;
  readonly alert: string;
  readonly measure: string;
  readonly against: "reference" | NonNullable<Rule["against"]>;
  /** What it judges apart: columns (none where whole events are), segments, and how many versions at most. */
  readonly columns: readonly string[];
  readonly segments: readonly string[];
  readonly versions: number;
  readonly limits: readonly ExplainedLimit[];
  readonly series: Pick<RuleOutlook, "trust" | "doubts" | "silent">;
  readonly window: Rule["window"] & {
    readonly for: number;
    readonly pane: number;
    readonly lateness: number;
  };
  /** Of a rule of labels: its windows are cohorts, which are judged this long after their end. */
  readonly labels?: { readonly cohort: number; readonly matureAfter?: number };
  /** Where the rule draws on the budget. */
  readonly budget?: ExplainedBudget;
  /** Of each number column and segment that chance can be asked of. */
  readonly shifts: readonly ExplainedShifts[];
  /** Of each series: the smallest change of a single share that fires. */
  readonly changes: RuleOutlook["changes"];
}

interface ExplainedLimit {
  readonly kind: Limit["kind"];
  readonly value: number;
  /** Of these columns alone. */
  readonly type?: ColumnType;
  /** Where it stands, as FILE:LINE:COLUMN; absent for the measure's own. */
  readonly place?: string;
}

interface ExplainedBudget {
  /** Of the model: so many false alarms in `per` ms, over all rules. */
  readonly falseAlarms: number;
  readonly per: number;
  /** Series of all rules that the reference knows and chance can judge. */
  readonly seriesOfModel: number;
  /** Of one series in `per`, and how many in a row it takes; the chances of an alarm are their quotient. */
  readonly looks: number;
  readonly consecutive: number;
  /** The chance that one look has; of what the reference does not know yet. NaN where there is none. */
  readonly level: number;
  readonly levelOfNew: number;
  /** False alarms of this rule, at most, on average. */
  readonly expected: number;
  readonly expectedInWeek: number;
  readonly expectedInYear: number;
}

/** Shifts that the table of a rule tells of, in sd. */
export const SHIFTS = [0.1, 0.2, 0.3, 0.5, 1] as const;

export interface ExplainedShifts {
  readonly column: string;
  readonly segment: string;
  /** Values of a usual window, and how many times more it varies than independent rows: the least and the most of all directions. */
  readonly rows: number;
  readonly deff: readonly [number, number];
  /** Of each of SHIFTS: event time until the rule fires, ms, or why it never does; and from how many values of a window on. */
  readonly seen: readonly {
    readonly shift: number;
    readonly after: number | null;
    readonly because?: "effect" | "level";
    readonly needed: number | null;
  }[];
}

/** Of every rule of a model. `cwd` shortens the names of files. */
export function explainRules(
  { fitted, budget, series }: FittedRules,
  { outlooks, document, cwd }: { outlooks: readonly RuleOutlook[]; document: Document; cwd: string },
): readonly RuleExplanation[] {
  const { model } = fitted;
  return model.rules.flatMap((rule): RuleExplanation[] => {
    const isSame = (one: Pick<Rule, "alert" | "measure">): boolean =>
      one.alert === rule.alert && one.measure === rule.measure;
    const outlook = outlooks.find((one) => one.model === model.name && isSame(one));
    if (outlook === undefined) return [];
    const own = series.filter((one) => isSame(one.rule));
    const { trust, doubts, silent, changes } = outlook;
    return [
      {
        model: model.name,
        alert: rule.alert,
        measure: rule.measure,
        against: rule.against ?? "reference",
        columns: namesOf(own, ({ labels }) => labels.column),
        segments: namesOf(own, ({ labels }) => labels.segment ?? "all"),
        versions:
          rule.by.includes("version") && rule.compare?.version === undefined ? model.versions.keep : 1,
        limits: limitsOf(rule, { fitted, document, cwd }),
        series: { trust, doubts, silent },
        window: { ...rule.window, for: rule.for, pane: model.window.pane, lateness: model.window.lateness },
        ...labelsOf(own, model),
        ...budgetOf(rule, { model, budget }),
        shifts: own.flatMap(shiftsOf),
        changes,
      },
    ];
  });
}

function labelsOf(series: readonly RuleSeries[], { labels }: Model): Pick<RuleExplanation, "labels"> {
  if (!series.some(({ section }) => countsLabels(section.kind))) return {};
  const { cohort, matureAfter } = labels;
  return { labels: { cohort, ...(matureAfter === undefined ? {} : { matureAfter }) } };
}

function budgetOf(
  rule: Rule,
  { model, budget }: { model: Model; budget: ModelBudget },
): Pick<RuleExplanation, "budget"> {
  const share = budgetOfRule(budget, rule);
  if (share === undefined) return {};
  const { falseAlarms, per } = model.budget;
  const { looks, consecutive, alpha, alphaOfNew, expected } = share;
  return {
    budget: {
      falseAlarms,
      per,
      seriesOfModel: budget.series,
      looks,
      consecutive,
      level: alpha,
      levelOfNew: alphaOfNew,
      expected,
      expectedInWeek: (expected * 7 * DAY) / per,
      expectedInYear: (expected * 365 * DAY) / per,
    },
  };
}

function namesOf(series: readonly RuleSeries[], nameOf: (one: RuleSeries) => string | undefined): string[] {
  return [...new Set(series.flatMap((one) => nameOf(one) ?? []))];
}

function shiftsOf(series: RuleSeries): ExplainedShifts[] {
  const found = detectShifts(series, SHIFTS);
  const { prepared, labels } = series;
  if (found === undefined || prepared === undefined) return [];
  const { deff } = prepared.share;
  return [
    {
      column: labels.column ?? "",
      segment: labels.segment ?? "all",
      rows: Math.round(found.rows),
      deff: [Math.min(...deff), Math.max(...deff)],
      seen: SHIFTS.map((shift, i) => {
        const { after, because } = { because: undefined, ...found.times[i] };
        const needed = found.needed[i] ?? null;
        return { shift, after: after ?? null, ...(because === undefined ? {} : { because }), needed };
      }),
    },
  ];
}

/** The rule's own, those that the file gives to columns of a type, or the measure's. */
function limitsOf(
  { alert, limit, limitsByType = {}, measure }: Rule,
  { fitted, document, cwd }: { fitted: FittedModel; document: Document; cwd: string },
): ExplainedLimit[] {
  const own = placeOf(document, [...pathOfAlert(document, alert), limit.kind], cwd);
  const byType = (["number", "category", "boolean"] as const).flatMap((type): ExplainedLimit[] => {
    const value = limitsByType[type];
    if (value === undefined || !fitted.reference.columns.some((column) => column.type === type)) return [];
    return [{ kind: limit.kind, value, type, ...placeOf(document, ["defaults", type, measure], cwd) }];
  });
  return [...byType, { ...limit, ...own }];
}

/** Nothing where nothing stands there: a path that leads nowhere is located at what it begins with. */
function placeOf(document: Document, path: readonly (string | number)[], cwd: string): { place?: string } {
  const parent = locate(document, path.slice(0, -1));
  const { file, line, column } = locate(document, path);
  if (line === parent.line && column === parent.column) return {};
  return { place: `${relativePath(cwd, file)}:${line}:${column}` };
}
