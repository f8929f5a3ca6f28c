import type { FittedModel } from "../rules/fitted-model.ts";
import type { Rule } from "../rules/model.ts";
import { measureNamed } from "../statistics/measures.ts";
import { allotBudget, type BudgetedRule, type RuleBudget } from "./budget.ts";
import { prepareOutcomes } from "./prepared-outcomes.ts";
import { baselineOf, prepare, type Question } from "./series-baseline.ts";
import { type BlockPlace, sectionsOf, segmentsOf } from "./series-places.ts";

/** The budget of a model, shared once, when its rules and reference load. */
export interface ModelBudget {
  readonly rules: readonly RuleBudget[];
  /** Series that the reference knows and chance can judge: they share 80% of it. */
  readonly series: number;
}

/** Judges of panes and of cohorts, and the outlook, ask for the same. */
const shared = new WeakMap<FittedModel, ModelBudget>();

/** How the model's budget is shared among its rules. */
export function shareBudget(fitted: FittedModel): ModelBudget {
  const known = shared.get(fitted);
  if (known !== undefined) return known;
  const rules = budgetedRulesOf(fitted);
  const budget = {
    rules: allotBudget(rules, fitted.model.budget),
    series: rules.reduce((sum, rule) => sum + rule.known, 0),
  };
  shared.set(fitted, budget);
  return budget;
}

function budgetedRulesOf(fitted: FittedModel): BudgetedRule[] {
  const { model, counting } = fitted;
  const isJudged = createFitness(fitted);
  return model.rules.flatMap((rule) => {
    const measure = measureNamed(rule.measure);
    if (measure === undefined || rule.limit.kind !== "atLeast" || measure.signal === "policy") return [];
    const { signal } = measure;
    const segments = segmentsOf(fitted, rule).map((segment) => counting.segments.names[segment]);
    if (signal === "outcomes") return budgetedCohorts(fitted, rule, segments);
    const columns = sectionsOf(fitted, rule, measure).map(({ column }) => column);
    // What is judged by a plain limit, or cannot be judged at all, must take no level from what can.
    const known = segments.flatMap((segment) =>
      columns.filter((column) =>
        isJudged({ segment, column, signal, windowSize: rule.window.size, against: rule.against }),
      ),
    ).length;
    const most = known * mostVersions(rule, counting.keep);
    return [{ ...namesOf(rule), known, most, every: rule.window.every, for: rule.for }];
  });
}

/** How many versions a rule may judge at a time: the one that others are held against is not among them. */
function mostVersions({ by, against, compare }: Rule, keep: number): number {
  if (!by.includes("version") || compare?.version !== undefined) return 1;
  return keep - (typeof against === "object" ? 1 : 0);
}

function namesOf({ alert, measure }: Rule): Pick<BudgetedRule, "alert" | "measure"> {
  return { alert, measure };
}

/** What the budget means for a rule; undefined for one that does not draw on it. */
export function budgetOfRule({ rules }: ModelBudget, { alert, measure }: Rule): RuleBudget | undefined {
  return rules.find((share) => share.alert === alert && share.measure === measure);
}

/** A rule of labels looks once per cohort; without a label stream it never does. */
function budgetedCohorts(
  { reference, references, counting }: FittedModel,
  rule: Rule,
  segments: readonly string[],
): BudgetedRule[] {
  if (counting.outcomes === undefined) return [];
  const { cohort } = counting.outcomes;
  const all = [reference, ...(references?.values() ?? [])];
  const known = segments.filter((segment) =>
    all.some((one) => prepareOutcomes({ reference: one, segment, cohort, alpha: 1 }).status === "ok"),
  ).length;
  const most = known * mostVersions(rule, counting.keep);
  return [{ ...namesOf(rule), known, most, every: cohort, for: rule.for }];
}

/** Answers whether chance can judge a series; many rules ask the same of the same one. */
function createFitness(fitted: FittedModel): (question: Question) => boolean {
  const answers = new Map<string, boolean>();
  return (question) => {
    const { segment, column, signal, windowSize, against } = question;
    const key = JSON.stringify([segment, column, signal, windowSize, against]);
    const known = answers.get(key);
    if (known !== undefined) return known;
    // One reference is enough: whoever is judged by it takes a level.
    const answer = [undefined, ...(fitted.references?.keys() ?? [])].some((version) => {
      const prepared = prepare(baselineOf(fitted, { ...question, version }), signal, 1);
      return prepared?.status === "ok" && prepared.trust !== "policy";
    });
    answers.set(key, answer);
    return answer;
  };
}

/** The version that the reference knows has the level of what is known; all others take the slots kept for what is new. */
export function alphaOf(
  budget: RuleBudget | undefined,
  place: BlockPlace,
  versions: readonly string[],
): number {
  if (budget === undefined) return Number.NaN;
  const isKnown = place.version === undefined || place.version === knownVersion(versions);
  return isKnown ? budget.alpha : budget.alphaOfNew;
}

/**
 * The first version that has a name: a stream may begin with garbage, which has none, and must not take the level of what
 * it hides. Where no version ever has a name, that one is known. Once a name comes it loses its level, and never before that
 * did both have it: levels add up over time, so the budget holds.
 */
function knownVersion(versions: readonly string[]): string | undefined {
  return versions.find((name) => name !== "") ?? versions[0];
}
