import type { AskedSeason } from "../reference/options.ts";
import type { ReferenceColumn } from "../reference/reference.ts";
import { resolveRules } from "./judged-columns.ts";
import { isSeasonal } from "./season-section.ts";
import type { MeasureTerms } from "./measure-terms.ts";
import type { Model } from "./model.ts";

/** The seasons that a reference must hold for the model's rules. */
export function askedSeasons(source: {
  model: Model;
  columns: readonly Pick<ReferenceColumn, "name" | "type" | "role" | "pii">[];
  measures: readonly MeasureTerms[];
}): readonly AskedSeason[] {
  return resolveRules(source).flatMap(({ rule, columns }) => {
    const signal = source.measures.find(({ name }) => name === rule.measure)?.signal;
    if (rule.against !== "season" || signal === undefined || !isSeasonal(signal)) return [];
    const bySegment = rule.by.some((key) => key !== "version");
    return columns.map((column) => ({ column, signal, windowSize: rule.window.size, bySegment }));
  });
}
