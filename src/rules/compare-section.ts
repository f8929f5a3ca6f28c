import type { RuleSection } from "../config/generated/rules.ts";
import type { FaultAt } from "../config/location.ts";
import { suggestWord } from "../config/nearest-word.ts";
import type { MeasureTerms } from "./measure-terms.ts";
import type { Rule } from "./model.ts";
import { isSeasonal } from "./season-section.ts";

/** What a comparison asks of a version unless its rule says: its columns, what is missing of them, and what its scores mean. */
const ASKED: readonly string[] = ["psi", "missing", "calibration-gap"];
const GAP = "calibration-gap";

/** Labels have no columns, and a cohort of them is judged once: the first calm one ends what the one before began. */
const OF_LABELS = { columns: [], for: "0s", keepFiringFor: "0s" };

/** What `compare` says by itself. */
const SAID = ["measure", "against", "atLeast", "above", "below"] as const;

/** A rule that holds one version against another, as the rules that it is short for: one for each measure, of the same name. */
export function expandComparison(rule: RuleSection): readonly RuleSection[] {
  const { compare, ...others } = rule;
  if (compare === undefined) return [rule];
  const by = ["version", ...(rule.by ?? []).filter((key) => key !== "version")];
  const against = { version: compare.against };
  // What is said of windows goes before what is said of labels.
  const measures = (compare.measures ?? ASKED).toSorted((a, b) => Number(a === GAP) - Number(b === GAP));
  return measures.map((measure) => ({
    ...others,
    compare,
    measure,
    by,
    against,
    ...(measure === GAP ? OF_LABELS : {}),
  }));
}

/** One rule for each name: the parts of a comparison have their alerts together. */
export function distinctRules(rules: readonly Rule[]): readonly Rule[] {
  const first = new Map(rules.toReversed().map((rule) => [rule.alert, rule]));
  return rules.filter((rule) => first.get(rule.alert) === rule);
}

/** Of a part of a comparison: which versions its rule is about, and whether anybody asked for just this measure. */
export function completeCompare({
  version,
  measures,
}: NonNullable<RuleSection["compare"]>): NonNullable<Rule["compare"]> {
  return { ...(version === undefined ? {} : { version }), isByDefault: measures === undefined };
}

/** What is wrong with `compare`; paths start at the rule. */
export function checkCompare(
  rule: RuleSection,
  { measures, hasReference }: { readonly measures: readonly MeasureTerms[]; readonly hasReference: boolean },
): FaultAt[] {
  const { compare } = rule;
  if (compare === undefined) return [];
  const faults = SAID.flatMap((key): FaultAt[] => {
    if (rule[key] === undefined) return [];
    const message = `compare says by itself what is measured, against what, and from what on it is news; remove ${key}, or choose with compare: { measures: [psi] }`;
    return [{ path: [key], which: "key", code: "CONFLICT", message }];
  });
  if (compare.version === compare.against) {
    const message = `is the version that is asked about, too; a version does nothing otherwise than itself`;
    faults.push({ path: ["compare", "against"], code: "CONFLICT", message });
  }
  const known = measures.filter(isComparable).map(({ name }) => name);
  for (const [position, name] of (compare.measures ?? []).entries()) {
    if (known.includes(name)) continue;
    const isMeasure = measures.some((measure) => measure.name === name);
    const message = isMeasure
      ? `is no measure by which chance tells two versions apart; take one such as psi, missing or calibration-gap`
      : `is no measure; ${suggestWord(name, known)}`;
    const code = isMeasure ? "CONFLICT" : "UNKNOWN_NAME";
    faults.push({ path: ["compare", "measures", position], code, message });
  }
  if (!hasReference) {
    const message =
      "compares on the bins of a reference, and there is none; add references: { default: { file: ... } }";
    faults.push({ path: ["compare"], which: "key", code: "NO_JUDGEMENT", message });
  }
  return faults;
}

/** Chance can be asked of it, and it has a limit of its own. */
function isComparable({ signal, across, defaultAtLeast }: MeasureTerms): boolean {
  return (
    across === undefined && defaultAtLeast !== undefined && (isSeasonal(signal) || signal === "outcomes")
  );
}
