import type { RuleSection } from "../config/generated/rules.ts";

/**
 * Rules that every model has: a rule file that names one changes it, or removes it with `off: true`. A monitor that sees nothing
 * says so without being asked.
 */
export const SHIPPED_RULES: readonly RuleSection[] = [{ alert: "Blind", measure: "blind", severity: "page" }];

/** The rules of a file with those that are shipped, which come last where the file does not name them. */
export function withShippedRules(rules: readonly RuleSection[]): readonly RuleSection[] {
  const named = new Set(rules.map(({ alert }) => alert));
  const asked = new Set(rules.map(({ measure }) => measure));
  const added = SHIPPED_RULES.filter(({ alert, measure }) => !named.has(alert) && !asked.has(measure));
  return [...rules.map(completed), ...added].filter(({ off }) => off !== true);
}

/** A rule that has the name of a shipped one changes what it says of itself. */
export function completed(rule: RuleSection): RuleSection {
  const shipped = SHIPPED_RULES.find(({ alert }) => alert === rule.alert);
  return shipped === undefined ? rule : { ...shipped, ...rule };
}
