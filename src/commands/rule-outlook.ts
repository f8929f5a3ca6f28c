import type { Model, Rule } from "../rules/model.ts";
import { LEAST_VALUES } from "../statistics/measure.ts";
import type { Trust } from "../statistics/score.ts";
import type { RuleBudget } from "../verdict/budget.ts";
import { detectShift, smallestChange } from "../verdict/detection.ts";
import { earlyLimit } from "../verdict/usual-value.ts";
import { budgetOfRule, type ModelBudget } from "../verdict/rule-budget.ts";
import type { RuleSeries } from "../verdict/rule-series.ts";

/** What a rule will be able to say. Times are ms; series are those of one version. */
export interface RuleOutlook {
  readonly model: string;
  readonly alert: string;
  readonly measure: string;
  /** In the unit of the measure. */
  readonly limit: Rule["limit"];
  /** Where the file gives columns of a type limits of their own: those that hold of the rule's columns, ascending. */
  readonly limits?: readonly number[];
  /** Series that can be judged, by what the budget's promise is worth for them. */
  readonly trust: Readonly<Record<Trust, number>>;
  /** Why those that are not promised are not: series by reason. */
  readonly doubts: Readonly<Record<string, number>>;
  /** Series that no window can be judged of, by reason. */
  readonly silent: Readonly<Record<string, number>>;
  /** Series that can be judged, but of which a usual window has too few values for it. */
  readonly thin: number;
  /** Of a plain limit: series that reach it while all is well. */
  readonly early: readonly EarlyOutlook[];
  /** Where the rule draws on the budget. */
  readonly budget?: Pick<RuleBudget, "looks" | "consecutive" | "alpha" | "expected"> & {
    /** The period that looks and expected false alarms are counted in. */
    readonly per: number;
  };
  /** Of each number column and segment: what shift of all values is seen, and how soon one of SHIFT sd. */
  readonly shift: readonly ShiftOutlook[];
  /** Of each series: the smallest change of a single share, a category's or of what lies above a decile, on which the rule fires. */
  readonly changes: readonly ChangeOutlook[];
}

/** What is said of a rule as a whole: the parts of a comparison of versions fire together, so that one is enough. */
export type WholeOutlook = Pick<RuleOutlook, "alert" | "trust" | "doubts" | "silent" | "thin">;

/** One of each alert. */
export function wholeOutlooks(outlooks: readonly RuleOutlook[]): readonly WholeOutlook[] {
  const wholes = new Map<string, WholeOutlook>();
  for (const { alert, trust, doubts, silent, thin } of outlooks) {
    const known = wholes.get(alert);
    const own = { alert, trust, doubts, silent, thin };
    wholes.set(alert, known === undefined ? own : mergeOutlooks(known, own));
  }
  return [...wholes.values()];
}

function mergeOutlooks(one: WholeOutlook, other: WholeOutlook): WholeOutlook {
  const { promised, provisional, none, policy } = other.trust;
  return {
    alert: one.alert,
    trust: {
      promised: one.trust.promised + promised,
      provisional: one.trust.provisional + provisional,
      none: one.trust.none + none,
      policy: one.trust.policy + policy,
    },
    doubts: addCounts(one.doubts, other.doubts),
    silent: addCounts(one.silent, other.silent),
    thin: one.thin + other.thin,
  };
}

function addCounts(
  one: Readonly<Record<string, number>>,
  other: Readonly<Record<string, number>>,
): Readonly<Record<string, number>> {
  const sums = { ...one };
  for (const [reason, count] of Object.entries(other)) sums[reason] = (sums[reason] ?? 0) + count;
  return sums;
}

interface Place {
  readonly column: string;
  readonly segment: string;
}

export interface ShiftOutlook extends Place {
  /** In sd; null where not even a shift of 3 is seen. */
  readonly smallest: number | null;
  /** Until a shift of SHIFT sd is seen; null for never, and then why (detection.ts). */
  readonly after: number | null;
  readonly because?: "effect" | "level";
}

export interface ChangeOutlook extends Place {
  readonly direction: string;
  readonly from: number;
  readonly to: number;
  readonly after: number;
}

export interface EarlyOutlook extends Place {
  /** What the measure is: in the reference, or in a usual window in which chance does what it usually does. */
  readonly value: number;
  readonly because: "reference" | "chance";
}

/** A doubt that no longer reference does away with. */
export const THIN = `a usual window has fewer than ${LEAST_VALUES} values, and such are not judged; take longer ones`;

/** The shift that rules are asked about, in standard deviations: small, and yet what moves a model (SIGNIFICANCE 3). */
export const SHIFT = 0.3;

/** One of each rule of the model; `series` are those of all its rules. */
export function ruleOutlooks(
  model: Model,
  series: readonly RuleSeries[],
  budget: ModelBudget,
): readonly RuleOutlook[] {
  return model.rules.map((rule) =>
    ruleOutlook({
      model,
      rule,
      series: series.filter((one) => one.rule.alert === rule.alert && one.rule.measure === rule.measure),
      budget: budgetOfRule(budget, rule),
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
  return {
    model: model.name,
    alert: rule.alert,
    measure: rule.measure,
    limit: rule.limit,
    ...(rule.limitsByType && series.length > 0 && { limits: limitsOf(series) }),
    ...fitnessOf(series),
    early: series.flatMap(earlyOf),
    ...(budget && {
      budget: {
        looks: budget.looks,
        consecutive: budget.consecutive,
        alpha: budget.alpha,
        expected: budget.expected,
        per: model.budget.per,
      },
    }),
    shift: series.flatMap(shiftOf),
    changes: series.flatMap(changeOf),
  };
}

function limitsOf(series: readonly RuleSeries[]): readonly number[] {
  return [...new Set(series.map(({ limit }) => limit))].toSorted((a, b) => a - b);
}

function fitnessOf(series: readonly RuleSeries[]): Pick<RuleOutlook, "trust" | "doubts" | "silent" | "thin"> {
  const trust = { promised: 0, provisional: 0, none: 0, policy: 0 };
  const doubts: Record<string, number> = {};
  const silent: Record<string, number> = {};
  let thin = 0;
  const count = (reasons: Record<string, number>, reason: string): void => {
    reasons[reason] = (reasons[reason] ?? 0) + 1;
  };
  for (const { prepared, outcomes, traffic = 1 } of series) {
    const judged = prepared ?? outcomes;
    if (judged === undefined) trust.policy += 1;
    else if (judged.status === "ok") {
      trust[judged.trust] += 1;
      if (judged.trustReason !== undefined) count(doubts, `${judged.trust}: ${judged.trustReason}`);
      if (prepared !== undefined && traffic * prepared.calibration.meanRows < LEAST_VALUES) {
        thin += 1;
        count(doubts, `${judged.trust}: ${THIN}`);
      }
    } else count(silent, `${judged.status}: ${judged.reason ?? ""}`);
  }
  return { trust, doubts, silent, thin };
}

function shiftOf(series: RuleSeries): ShiftOutlook[] {
  const found = detectShift(series, SHIFT);
  if (found === undefined) return [];
  const { smallest = null, asked } = found;
  const place = { ...placeOf(series), smallest };
  if (asked.after !== undefined) return [{ ...place, after: asked.after }];
  return [{ ...place, after: null, because: asked.because }];
}

function earlyOf(series: RuleSeries): EarlyOutlook[] {
  const early = earlyLimit(series);
  return early === undefined ? [] : [{ ...placeOf(series), ...early }];
}

function changeOf(series: RuleSeries): ChangeOutlook[] {
  const change = smallestChange(series);
  return change === undefined ? [] : [{ ...placeOf(series), ...change }];
}

function placeOf({ labels }: RuleSeries): Place {
  return { column: labels.column ?? "", segment: labels.segment ?? "all" };
}
