import type { RuleSection } from "../config/generated/rules.ts";
import type { FaultAt } from "../config/location.ts";
import { suggestWord } from "../config/nearest-word.ts";
import type { MeasureTerms } from "./measure-terms.ts";
import { subjectOf } from "./measure-terms.ts";
import type { Against, Rule } from "./model.ts";
import { checkSeason, isSeasonal } from "./season-section.ts";

const WORDS = ["reference", "season", "previous"] as const;

/** What windows are held against; undefined for the reference. A word that is none is found by the check. */
export function completeAgainst(against: RuleSection["against"]): Against | undefined {
  if (typeof against === "object") return against;
  return against === "season" || against === "previous" ? against : undefined;
}

/** What is wrong with `against`; `rule` is the same one with its defaults. */
export function checkAgainst(section: RuleSection, rule: Rule, terms: MeasureTerms): FaultAt[] {
  const { against } = section;
  if (against === undefined || against === "reference") return [];
  if (against === "season") return checkSeason(section, rule, terms);
  if (typeof against === "string" && against !== "previous") {
    const message = `is nothing to hold windows against; ${suggestWord(against, WORDS)}`;
    return [{ path: ["against"], code: "UNKNOWN_NAME", message }];
  }
  return checkComparison(rule, terms);
}

function checkComparison(rule: Rule, terms: MeasureTerms): FaultAt[] {
  const conflict = (message: string): FaultAt[] => [
    { path: ["against"], which: "key", code: "CONFLICT", message },
  ];
  const isOfLabels = terms.signal === "outcomes" && typeof rule.against === "object";
  if (!isSeasonal(terms.signal) && !isOfLabels) {
    const why =
      subjectOf(terms) === "labels"
        ? `${terms.name} is judged by cohort, which stands alone`
        : `${terms.name} is not compared between windows`;
    return conflict(
      `${why}; remove against, or take a measure such as ${typeof rule.against === "object" ? "psi, missing or calibration-gap" : "psi or missing"}`,
    );
  }
  if (rule.limit.kind !== "atLeast")
    return conflict(`other windows are asked by chance; write atLeast in place of ${rule.limit.kind}`);
  if (typeof rule.against !== "object" || rule.by.includes("version")) return [];
  const by = ["version", ...rule.by].join(", ");
  return conflict(`versions are told apart only where a rule judges them apart; write by: [${by}]`);
}
