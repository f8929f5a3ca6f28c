import type { ConditionSection, ReviewSection, RuleSection } from "../config/generated/rules.ts";
import type { FaultAt } from "../config/location.ts";
import { suggestWord } from "../config/nearest-word.ts";
import { formatDuration, parseDuration } from "../config/quantity.ts";
import type { ReferenceColumn } from "../reference/reference.ts";
import type { ReviewCondition, ReviewPlan } from "../window/review-plan.ts";
import type { ReviewRule } from "./model.ts";
import { isMultiple, notMultiple } from "./times-section.ts";

/** Rules of a rule file are of two kinds. */
export function isReview(rule: RuleSection | ReviewSection): rule is ReviewSection {
  return "review" in rule;
}

/** The rules that raise alerts. */
export function alertRules(rules: readonly (RuleSection | ReviewSection)[] = []): RuleSection[] {
  return rules.filter((rule): rule is RuleSection => !isReview(rule));
}

const DEFAULT_RATE = "100 per 1h";

/** All that is wrong with a review rule that the schema accepts; paths start at the rule. @param pane ms */
export function checkReview(rule: ReviewSection, pane: number): FaultAt[] {
  const { per } = rateOf(rule);
  const faults: FaultAt[] = [];
  if (rule.when === undefined) {
    const message = "needs when; for example when: { any: [{ scoreBetween: [0.45, 0.55] }] }";
    faults.push({ path: ["review"], code: "MISSING_KEY", message });
  }
  if (rule.to === undefined) {
    const message = "needs to: the name of a place under publish.review in driftd.yaml";
    faults.push({ path: ["review"], code: "MISSING_KEY", message });
  }
  if (!isMultiple(per, pane)) {
    faults.push({
      path: ["atMost"],
      code: "WINDOW",
      message: `${formatDuration(per)} ${notMultiple(per, pane)}`,
    });
  }
  for (const [position, condition] of (rule.when?.any ?? []).entries()) {
    const path = ["when", "any", position];
    const message = conditionFault(condition);
    if (message !== undefined) faults.push({ path, code: "CONFLICT", message });
  }
  return faults;
}

function conditionFault({ scoreBetween, novel, column, above, below }: ConditionSection): string | undefined {
  const kinds = [scoreBetween, novel, above ?? below].filter((kind) => kind !== undefined);
  if (kinds.length !== 1 || (above !== undefined && below !== undefined))
    return "says one thing; keep one of scoreBetween, novel, above and below, and write another condition for the rest";
  if (above !== undefined || below !== undefined)
    return column === undefined ? "of which column? add column: NAME" : undefined;
  if (scoreBetween === undefined) return undefined;
  if (column !== undefined) return "the score is no column of the events; remove column";
  const [low = 0, high = 0] = scoreBetween;
  return low > high ? `nothing lies between ${low} and ${high}; swap them` : undefined;
}

/** A section that has been checked. */
export function completeReview(rule: ReviewSection): ReviewRule {
  return {
    review: rule.review,
    conditions: rule.when?.any ?? [],
    ...rateOf(rule),
    to: rule.to ?? "",
    show: rule.show ?? [],
  };
}

/** Events of a span, and its length in ms. The schema lets only rates through. */
function rateOf({ atMost = DEFAULT_RATE }: ReviewSection): { most: number; per: number } {
  const [most = "", per = ""] = atMost.split(" per ");
  return { most: Number(most), per: parseDuration(per) ?? 0 };
}

/** Whether the columns that it names are there, and may be told; paths start at the rule. */
export function checkReviewColumns(rule: ReviewSection, columns: readonly Column[]): FaultAt[] {
  const faults: FaultAt[] = [];
  const names = columns.map(({ name }) => name);
  for (const [position, name] of (rule.show ?? []).entries()) {
    const path = ["show", position];
    const column = columns.find((one) => one.name === name);
    if (column === undefined) faults.push({ path, code: "UNKNOWN_COLUMN", message: unknown(name, names) });
    else if (column.pii) {
      const message = "is pii, of which nothing but its hash is known; leave it out";
      faults.push({ path, code: "PII", message });
    }
  }
  for (const [position, condition] of (rule.when?.any ?? []).entries()) {
    const { column: name, novel } = condition;
    const path = ["when", "any", position, ...(name === undefined ? [] : ["column"])];
    const column = columns.find((one) => one.name === name);
    if (name !== undefined && column === undefined) {
      faults.push({ path, code: "UNKNOWN_COLUMN", message: unknown(name, names) });
    } else if (column !== undefined && (novel === true) !== (column.type === "category")) {
      const message = novel === true ? "is no category, so that nothing is new in it" : "is no number";
      faults.push({ path, code: "CONFLICT", message: `${message}; name another column` });
    }
    if (condition.scoreBetween !== undefined && !names.includes(SCORE)) {
      const message = "the model gives no score; remove the condition";
      faults.push({ path, code: "NO_JUDGEMENT", message });
    }
  }
  return faults;
}

type Column = Pick<ReferenceColumn, "name" | "type" | "role" | "pii">;

const SCORE = "prediction.score";

function unknown(name: string, names: readonly string[]): string {
  return `is no column of the reference; ${suggestWord(name, names)}`;
}

/** @param columns those of the event plan, at the same positions */
export function planReview(rule: ReviewRule, columns: readonly Column[]): ReviewPlan {
  const positionOf = (name: string): number => columns.findIndex((column) => column.name === name);
  return {
    name: rule.review,
    most: rule.most,
    per: rule.per,
    conditions: rule.conditions.map((condition) => planCondition(condition, columns)),
    shown: rule.show.map(positionOf).filter((position) => position >= 0 && !columns[position].pii),
    score: positionOf(SCORE),
  };
}

/** What an event has to be, in the words that say later why it was picked. */
export function describeConditions({ conditions }: ReviewRule): string[] {
  return conditions.map((condition) => planCondition(condition, []).why);
}

function planCondition(condition: ConditionSection, columns: readonly Column[]): ReviewCondition {
  const { scoreBetween, novel, column, above, below } = condition;
  const named = (name: string): number[] =>
    columns.flatMap((one, position) => (one.name === name ? [position] : []));
  if (scoreBetween !== undefined) {
    const [low = 0, high = 0] = scoreBetween;
    return { why: `score between ${low} and ${high}`, kind: "between", columns: named(SCORE), low, high };
  }
  if (novel === true) {
    const categories = columns.flatMap(({ type, role }, position) =>
      type === "category" && (role === "feature" || role === "segment") ? [position] : [],
    );
    const why = column === undefined ? "a new category" : `a new category in ${column}`;
    const watched = column === undefined ? categories : named(column);
    return { why, kind: "novel", columns: watched, low: 0, high: 0 };
  }
  const name = column ?? "";
  const watched = { columns: named(name), low: above ?? 0, high: below ?? 0 };
  if (above !== undefined) return { why: `${name} above ${above}`, kind: "above", ...watched };
  return { why: `${name} below ${below}`, kind: "below", ...watched };
}
