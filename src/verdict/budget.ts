/** A rule that spends budget, in one model. Durations are ms. */
export interface BudgetedRule {
  readonly alert: string;
  /** With the name what tells rules apart: a comparison of versions has several of one name. */
  readonly measure: string;
  /** Series that it judges and the reference knows: columns x segments x versions. */
  readonly known: number;
  /** The most series that it may ever judge (new segments and versions included). */
  readonly most: number;
  /** Time between two evaluations. */
  readonly every: number;
  readonly for: number;
}

export interface Budget {
  /** False alarms to accept in a period, over all rules. */
  readonly falseAlarms: number;
  /** The period, ms. */
  readonly per: number;
}

/** What the budget means for one rule. */
export interface RuleBudget {
  readonly alert: string;
  readonly measure: string;
  /** T: evaluations of one series in a period. */
  readonly looks: number;
  /** L: significant evaluations in a row that make an alarm. */
  readonly consecutive: number;
  /** The level of one evaluation of a series that the reference knows; NaN where there is none. */
  readonly alpha: number;
  /** The same for a series that appears later. */
  readonly alphaOfNew: number;
  /** The most false alarms in a period that the rule may be expected to raise. */
  readonly expected: number;
}

const KNOWN_WEIGHT = 0.8;
const NEW_WEIGHT = 0.2;

/**
 * Shares a budget among the series of all rules that draw on it: 80% equally to series that the reference knows, 20% to the
 * slots that are left (SIGNIFICANCE 4). Fixed at load: a new series takes a slot and never changes another's level. Each
 * distinct alarm holds an evaluation whose index is divisible by L, so T / L evaluations bound its expected number under any
 * dependence: alpha = weight x falseAlarms x L / T.
 */
export function allotBudget(rules: readonly BudgetedRule[], budget: Budget): RuleBudget[] {
  const known = rules.reduce((sum, rule) => sum + rule.known, 0);
  const free = rules.reduce((sum, rule) => sum + freeSlots(rule), 0);
  const knownShare = (KNOWN_WEIGHT * budget.falseAlarms) / known;
  const newShare = (NEW_WEIGHT * budget.falseAlarms) / free;
  return rules.map((rule) => {
    const looks = budget.per / rule.every;
    const consecutive = consecutiveLooks(rule.for, rule.every);
    // A run longer than the period is still one chance of an alarm.
    const chances = Math.max(1, looks / consecutive);
    return {
      alert: rule.alert,
      measure: rule.measure,
      looks,
      consecutive,
      alpha: rule.known > 0 ? Math.min(1, knownShare / chances) : Number.NaN,
      alphaOfNew: freeSlots(rule) > 0 ? Math.min(1, newShare / chances) : Number.NaN,
      expected:
        (rule.known > 0 ? rule.known * knownShare : 0) +
        (freeSlots(rule) > 0 ? freeSlots(rule) * newShare : 0),
    };
  });
}

/** L = ceil(for / every) + 1. */
export function consecutiveLooks(forDuration: number, every: number): number {
  return Math.ceil(forDuration / every) + 1;
}

function freeSlots(rule: BudgetedRule): number {
  return Math.max(0, rule.most - rule.known);
}
