import type { FittedModel } from "../rules/fitted-model.ts";
import { measureNamed } from "../statistics/measures.ts";
import { allotBudget, type BudgetedRule, type RuleBudget } from "./budget.ts";
import { baselineOf, prepare, type Question } from "./series-baseline.ts";
import { type BlockPlace, sectionsOf, segmentsOf } from "./series-places.ts";

/** The budget of a model, shared once, when its rules and reference load. */
export interface ModelBudget {
  readonly rules: readonly RuleBudget[];
  /** Series that the reference knows and chance can judge: they share 80% of it. */
  readonly series: number;
}

/** How the model's budget is shared among its rules. */
export function shareBudget(fitted: FittedModel): ModelBudget {
  const rules = budgetedRulesOf(fitted);
  return {
    rules: allotBudget(rules, fitted.model.budget),
    series: rules.reduce((sum, { known }) => sum + known, 0),
  };
}

function budgetedRulesOf(fitted: FittedModel): BudgetedRule[] {
  const { model, counting } = fitted;
  const isJudged = createFitness(fitted);
  return model.rules.flatMap((rule) => {
    const measure = measureNamed(rule.measure);
    if (measure === undefined || rule.limit.kind !== "atLeast" || measure.signal === "policy") return [];
    const { signal } = measure;
    const columns = sectionsOf(fitted, rule, measure).map(({ column }) => column);
    const segments = segmentsOf(fitted, rule).map((segment) => counting.segments.names[segment]);
    // What is judged by a plain limit, or cannot be judged at all, must take no level from what can.
    const known = segments.flatMap((segment) =>
      columns.filter((column) => isJudged({ segment, column, signal, windowSize: rule.window.size })),
    ).length;
    const most = known * (rule.by.includes("version") ? counting.keep : 1);
    return [{ alert: rule.alert, known, most, every: rule.window.every, for: rule.for }];
  });
}

/** Answers whether chance can judge a series; many rules ask the same of the same one. */
function createFitness(fitted: FittedModel): (question: Question) => boolean {
  const answers = new Map<string, boolean>();
  return (question) => {
    const { segment, column, signal, windowSize } = question;
    const key = JSON.stringify([segment, column, signal, windowSize]);
    const known = answers.get(key);
    if (known !== undefined) return known;
    const prepared = prepare(baselineOf(fitted, question), signal, 1);
    const answer = prepared?.status === "ok" && prepared.trust !== "policy";
    answers.set(key, answer);
    return answer;
  };
}

/** The first version is the one the reference knows; later ones take the slots kept for what is new. */
export function alphaOf(
  budget: RuleBudget | undefined,
  place: BlockPlace,
  versions: readonly string[],
): number {
  if (budget === undefined) return Number.NaN;
  const isKnown = place.version === undefined || versions.indexOf(place.version) === 0;
  return isKnown ? budget.alpha : budget.alphaOfNew;
}
