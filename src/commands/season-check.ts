import type { FaultAt } from "../config/location.ts";
import { formatDuration } from "../config/quantity.ts";
import type { Reference } from "../reference/reference.ts";
import { resolveRules } from "../rules/judged-columns.ts";
import { pathOfAlert } from "../rules/rule-file.ts";
import type { Measure } from "../statistics/measure.ts";
import { measureNamed, MEASURES } from "../statistics/measures.ts";
import type { LoadedModel } from "./load-rules.ts";

/** A rule against a season needs one of its window length, of each of its columns. */
export function checkSeasons({ model, document }: LoadedModel, reference: Reference): FaultAt[] {
  const judged = resolveRules({ model, columns: reference.columns, measures: MEASURES });
  return judged.flatMap(({ rule, columns }): FaultAt[] => {
    const { size } = rule.window;
    if (rule.against !== "season" || !reference.windowSizes.includes(size)) return [];
    const signal = measureNamed(rule.measure)?.signal;
    const without = columns.filter((column) => !knowsSeason(reference, column, { signal, size }));
    if (without.length === 0) return [];
    const share = signal === "missing" ? "of the missing share " : "";
    const what = `${share}of ${without.join(", ")} in windows of ${formatDuration(size)}`;
    const message = Number.isNaN(reference.from)
      ? "the reference has no event time, and so no season; build it again from rows with their time"
      : `the reference knows no season ${what}; build it again with this rule file`;
    return [{ path: [...pathOfAlert(document, rule.alert), "against"], code: "NO_JUDGEMENT", message }];
  });
}

function knowsSeason(
  { columns, segments }: Reference,
  column: string,
  { signal, size }: { signal: Measure["signal"] | undefined; size: number },
): boolean {
  const position = columns.findIndex(({ name }) => name === column);
  const seasons = segments[0]?.columns[position]?.seasons ?? [];
  return seasons.some((one) => one.signal === signal && one.windowSize === size);
}
