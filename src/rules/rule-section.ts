import type { RuleSection } from "../config/generated/rules.ts";
import type { FaultAt } from "../config/location.ts";
import { suggestWord } from "../config/nearest-word.ts";
import { formatDuration, MINUTE, parseDuration } from "../config/quantity.ts";
import {
  defaultLimit,
  hasSignificance,
  isShare,
  isPerColumn,
  isTime,
  needsReference,
} from "./measure-terms.ts";
import type { MeasureTerms } from "./measure-terms.ts";
import type { Limit, Rule } from "./model.ts";
import { checkAgainst, completeAgainst } from "./against-section.ts";
import { checkCompare, completeCompare } from "./compare-section.ts";
import { limitsOfMeasure } from "./defaults-section.ts";
import type { DefaultLimits } from "./defaults-section.ts";
import { isMultiple, notMultiple } from "./times-section.ts";
import type { Times } from "./times-section.ts";

/** What a rule is checked against and completed from. */
export interface RuleContext {
  readonly measures: readonly MeasureTerms[];
  readonly times: Times;
  readonly segmentBy: readonly (readonly string[])[];
  readonly hasReference: boolean;
  readonly defaults: DefaultLimits;
}

const LIMITS = ["atLeast", "above", "below"] as const;

/** All that is wrong with a rule that the schema accepts; paths start at the rule. */
export function checkRule(rule: RuleSection, context: RuleContext): FaultAt[] {
  const times = checkWindow(rule, context.times);
  const segments = checkBy(rule, context.segmentBy);
  if (rule.compare !== undefined) return [...checkCompare(rule, context), ...times, ...segments];
  if (rule.measure === undefined) {
    const message = `needs measure; for example measure: ${context.measures[0]?.name ?? "psi"}`;
    return [{ path: ["alert"], code: "MISSING_KEY", message }, ...times, ...segments];
  }
  const terms = termsOf(rule, context);
  if (terms === undefined) {
    const message = `is no measure; ${suggestWord(
      rule.measure,
      context.measures.map((measure) => measure.name),
    )}`;
    return [{ path: ["measure"], code: "UNKNOWN_NAME", message }, ...times, ...segments];
  }
  return [
    ...checkLimit(rule, terms),
    ...checkSubject(rule, terms, context),
    ...(terms.across !== undefined ? checkGroups(rule, terms, context) : []),
    ...checkAgainst(rule, completeRule(rule, context), terms),
    ...times,
    ...segments,
  ];
}

function checkLimit(rule: RuleSection, terms: MeasureTerms): FaultAt[] {
  const given = LIMITS.filter((kind) => rule[kind] !== undefined);
  const [kind, second] = given;
  if (kind === undefined) {
    if (defaultLimit(terms) !== undefined) return [];
    const message = `${terms.name} has no limit of its own; add above or below, and a number`;
    return [{ path: ["measure"], code: "MISSING_KEY", message }];
  }
  if (second !== undefined) {
    const message = `a rule has one limit, and ${kind} stands here too; keep one, or write two rules`;
    return [{ path: [second], which: "key", code: "CONFLICT", message }];
  }
  if (kind === "atLeast" && !hasSignificance(terms)) {
    const message = `${terms.name} has no significance to judge by; write above: ${example(terms)}`;
    return [{ path: [kind], which: "key", code: "CONFLICT", message }];
  }
  return checkLimitValue(kind, rule[kind], terms);
}

function checkLimitValue(kind: Limit["kind"], value: unknown, terms: MeasureTerms): FaultAt[] {
  const place = { path: [kind], code: "WRONG_VALUE" } as const;
  if (isTime(terms) && typeof value !== "string") {
    return [{ ...place, message: `${terms.name} is a time; write a duration such as ${example(terms)}` }];
  }
  if (!isTime(terms) && typeof value !== "number") {
    return [{ ...place, message: `${terms.name} is no time; write a number such as ${example(terms)}` }];
  }
  if (isShare(terms) && typeof value === "number" && (value > 1 || value < 0)) {
    const share = value > 1 && value <= 100 ? `; for ${value}% write ${value / 100}` : "";
    return [{ ...place, message: `${terms.name} lies between 0 and 1${share}` }];
  }
  return [];
}

function example(terms: MeasureTerms): string {
  const value = defaultLimit(terms)?.value;
  if (!isTime(terms)) return String(value ?? 0.05);
  return formatDuration(value === undefined ? 5 * MINUTE : value * 1000);
}

function checkSubject(rule: RuleSection, terms: MeasureTerms, context: RuleContext): FaultAt[] {
  const faults: FaultAt[] = [];
  if (!isPerColumn(terms) && rule.columns !== undefined) {
    const message = `${terms.name} looks at whole events, not at columns; remove columns`;
    faults.push({ path: ["columns"], which: "key", code: "CONFLICT", message });
  }
  if (needsReference(terms) && !context.hasReference) {
    const message = `${terms.name} compares with a reference, and there is none; add references: { default: { file: ... } }`;
    faults.push({ path: ["measure"], code: "NO_JUDGEMENT", message });
  }
  return faults;
}

/** Groups are the segments of a column by itself, and compared within a version at most. */
function checkGroups(rule: RuleSection, terms: MeasureTerms, { segmentBy }: RuleContext): FaultAt[] {
  const known = segmentBy.flatMap((keys) => (keys.length === 1 ? keys : []));
  if (known.length === 0) {
    const message = `${terms.name} compares segments, and there are none; add segmentBy: [a column of groups]`;
    return [{ path: ["measure"], code: "NO_JUDGEMENT", message }];
  }
  const faults = (rule.columns ?? []).flatMap((column, position): FaultAt[] => {
    if (known.includes(column) || column.includes("*") || column.startsWith("!")) return [];
    const message = `is not in segmentBy, and ${terms.name} compares segments; ${suggestWord(column, known)}`;
    return [{ path: ["columns", position], code: "UNKNOWN_NAME", message }];
  });
  if ((rule.by ?? []).every((key) => key === "version")) return faults;
  const message = `${terms.name} compares the segments of a column with each other; write by: [version], and columns: [${known[0]}]`;
  return [...faults, { path: ["by"], which: "key", code: "CONFLICT", message }];
}

function checkBy(rule: RuleSection, segmentBy: RuleContext["segmentBy"]): FaultAt[] {
  const keys = (rule.by ?? []).filter((key) => key !== "version");
  if (keys.length === 0) return [];
  const known = [...new Set(segmentBy.flat())];
  const unknown = keys.filter((key) => !known.includes(key));
  const faults = unknown.map((key): FaultAt => {
    const words = ["version", ...known];
    const message = `is not in segmentBy; ${suggestWord(key, words)}`;
    return { path: ["by", (rule.by ?? []).indexOf(key)], code: "UNKNOWN_NAME", message };
  });
  const together = segmentBy.some(
    (entry) => entry.length === keys.length && keys.every((key) => entry.includes(key)),
  );
  if (unknown.length > 0 || together) return faults;
  const message = `segmentBy does not take ${keys.join(" and ")} together; add [${keys.join(", ")}] to it`;
  return [{ path: ["by"], code: "UNKNOWN_NAME", message }];
}

function checkWindow(rule: RuleSection, times: Times): FaultAt[] {
  const faults: FaultAt[] = [];
  for (const key of ["size", "every"] as const) {
    const length = parseDuration(rule.window?.[key] ?? "");
    if (length === undefined || isMultiple(length, times.pane)) continue;
    faults.push({ path: ["window", key], code: "WINDOW", message: notMultiple(length, times.pane) });
  }
  return faults;
}

/** A rule that has been checked, with its defaults. */
export function completeRule(rule: RuleSection, context: RuleContext): Rule {
  const { times } = context;
  const terms = termsOf(rule, context);
  const perColumn = terms !== undefined && isPerColumn(terms);
  const against = completeAgainst(rule.against);
  const saysLimit = LIMITS.some((kind) => rule[kind] !== undefined);
  const limitsByType = saysLimit ? undefined : limitsOfMeasure(context.defaults, rule.measure ?? "");
  return {
    alert: rule.alert,
    measure: rule.measure ?? "",
    columns: rule.columns ?? (perColumn ? ["*"] : []),
    by: rule.by ?? (terms !== undefined && UNSPLIT.has(terms.name) ? [] : ["version"]),
    limit: completeLimit(rule, terms),
    ...(limitsByType === undefined ? {} : { limitsByType }),
    ...(against === undefined ? {} : { against }),
    ...(rule.compare === undefined ? {} : { compare: completeCompare(rule.compare) }),
    for: parseDuration(rule.for ?? "0s") ?? 0,
    keepFiringFor: parseDuration(rule.keepFiringFor ?? "10m") ?? 0,
    severity: rule.severity ?? "ticket",
    ...(rule.action === undefined ? {} : { action: rule.action }),
    labels: rule.alertLabels ?? {},
    annotations: rule.annotations ?? {},
    window: {
      size: parseDuration(rule.window?.size ?? "") ?? times.size,
      every: parseDuration(rule.window?.every ?? "") ?? times.pane,
    },
  };
}

/** What they measure is of the stream, whatever the version. */
const UNSPLIT: ReadonlySet<string> = new Set(["volume", "freshness", "blind", "schema-drift"]);

function completeLimit(rule: RuleSection, terms: MeasureTerms | undefined): Limit {
  for (const kind of LIMITS) {
    const value = rule[kind];
    if (typeof value === "number") return { kind, value };
    if (value !== undefined) return { kind, value: (parseDuration(value) ?? 0) / 1000 };
  }
  // The check has made sure that the measure has one.
  return (terms && defaultLimit(terms)) ?? { kind: "above", value: 0 };
}

function termsOf(rule: RuleSection, context: RuleContext): MeasureTerms | undefined {
  return context.measures.find((measure) => measure.name === rule.measure);
}
