import type { RuleSection } from "../config/generated/rules.ts";
import type { FaultAt } from "../config/location.ts";
import { formatDuration, HOUR } from "../config/quantity.ts";
import type { MeasureTerms } from "./measure-terms.ts";
import { subjectOf } from "./measure-terms.ts";
import type { Rule } from "./model.ts";

/** The questions that a season is learned of. */
type Seasonal = "distribution" | "missing";

export function isSeasonal(signal: MeasureTerms["signal"]): signal is Seasonal {
  return signal === "distribution" || signal === "missing";
}

/** What a rule `against: season` may not be; `rule` is the same one with its defaults. */
export function checkSeason({ window }: RuleSection, rule: Rule, terms: MeasureTerms): FaultAt[] {
  const conflict = (message: string): FaultAt[] => [
    { path: ["against"], which: "key", code: "CONFLICT", message },
  ];
  if (!isSeasonal(terms.signal)) return conflict(`${whyNot(terms)}; remove against`);
  const asked =
    rule.limit.kind === "atLeast"
      ? []
      : conflict(`a season is asked by chance; write atLeast in place of ${rule.limit.kind}`);
  return [...asked, ...checkHour(window, rule)];
}

/** In words that name what the measure is held against instead. */
function whyNot(terms: MeasureTerms): string {
  const { name, signal } = terms;
  if (name === "volume") return "volume is held against its hour of the week by itself";
  if (signal === "novel") {
    return "novel values are known of the last fifth of a reference, which is too short for a season";
  }
  if (subjectOf(terms) === "labels") return `${name} is judged once per cohort, which has no hour`;
  return `${name} has no significance to judge by, and so no season`;
}

function checkHour(window: RuleSection["window"], rule: Rule): FaultAt[] {
  const { size, every } = rule.window;
  const place = (key: "size" | "every"): FaultAt["path"] =>
    window?.[key] === undefined ? ["against"] : ["window", key];
  if (HOUR % size !== 0) {
    const message = `a season goes by the hour, and ${formatDuration(size)} is no whole part of one; write window: { size: 1h, every: 1h }`;
    return [{ path: place("size"), code: "WINDOW", message }];
  }
  if (every === size) return [];
  const length = formatDuration(size);
  const message = `a season is known at the ends of its own windows; write window: { size: ${length}, every: ${length} }`;
  return [{ path: place("every"), code: "WINDOW", message }];
}
