import type { Path } from "../config/document.ts";
import type { RuleFile } from "../config/generated/rules.ts";
import type { FaultAt } from "../config/location.ts";

/** By what a model is split: each entry as the columns that it takes together. */
export function segmentsOf({ segmentBy = [] }: Partial<RuleFile>): readonly (readonly string[])[] {
  return segmentBy.map((entry) => (typeof entry === "string" ? [entry] : entry));
}

/** The same columns in another order make the same segments: they would be counted, judged and told twice. */
export function checkRepeatedSegments(file: Partial<RuleFile>, sound: (path: Path) => boolean): FaultAt[] {
  if (!sound(["segmentBy"])) return [];
  const known = new Set<string>();
  return segmentsOf(file).flatMap((keys, position): FaultAt[] => {
    const name = JSON.stringify(keys.toSorted());
    if (!known.has(name)) {
      known.add(name);
      return [];
    }
    const message = `${keys.join(" and ")} ${keys.length === 1 ? "stands" : "stand"} there already; keep one`;
    return [{ path: ["segmentBy", position], code: "DUPLICATE", message }];
  });
}
