import { countsLabels } from "../counts/summary-kinds.ts";
import type { SeriesRef } from "../counts/ref.ts";
import type { Score } from "../statistics/score.ts";
import { addExpectedSums, calmWindow, restlessWindow } from "./expected-window.ts";
import type { RuleSeries } from "./rule-series.ts";

/** What a plain limit meets while all is well. */
interface EarlyLimit {
  readonly value: number;
  /** `reference`: the reference itself is beyond the limit. `chance`: a usual window is, by what chance does on average. */
  readonly because: "reference" | "chance";
}

/**
 * Whether a rule by a plain limit fires of a series while nothing has changed. Undefined where it does not, or where nobody
 * knows: of what the reference has not counted, such as faulty rows, and of what is held against other windows.
 */
export function earlyLimit(series: RuleSeries): EarlyLimit | undefined {
  const { rule, limit } = series;
  if (rule.limit.kind === "atLeast") return undefined;
  const isBeyond = (value: number | undefined): value is number =>
    value !== undefined && (rule.limit.kind === "below" ? value < limit : value > limit);
  const usual = countsLabels(series.section.kind) ? valueOfLabels(series) : valueOfColumn(series, calmWindow);
  if (isBeyond(usual)) return { value: usual, because: "reference" };
  const byChance = valueByChance(series);
  return isBeyond(byChance) ? { value: byChance, because: "chance" } : undefined;
}

function valueOfLabels({ measure, ref, context }: RuleSeries): number | undefined {
  if (context.outcomes === undefined || measure.across !== undefined) return undefined;
  return scored(measure.score(ref, context.outcomes, context));
}

/** Of windows with as many rows as the reference's own, where it knows how much those differ. */
function valueByChance(series: RuleSeries): number | undefined {
  const { calibration, groupDeff } = series.context;
  if (calibration === undefined || groupDeff === undefined || calibration.k === 0) return undefined;
  return valueOfColumn(series, (ref) => restlessWindow(ref, { rows: calibration.meanRows, deff: groupDeff }));
}

function valueOfColumn(
  { rule, measure, ref, context }: RuleSeries,
  windowOf: (ref: SeriesRef, rows: number) => Float64Array,
): number | undefined {
  if (ref === undefined || rule.against !== undefined || measure.across !== undefined) return undefined;
  const window = windowOf(ref, context.calibration?.meanRows || ref.total);
  const isOfSums = ref.kind === "bins" && measure.from.includes("sums");
  return scored(measure.score(ref, isOfSums ? addExpectedSums(ref, window) : window, context));
}

function scored({ status, value }: Score): number | undefined {
  return status === "ok" || status === "too-few" ? value : undefined;
}
