import { formatCount, formatNumber } from "../../verdict/quantities.ts";
import { renderTable } from "../text.ts";
import type { TextStyle } from "../text.ts";
import type { Score } from "../../statistics/score.ts";
import type { ColumnReport } from "./column-report.ts";

/** What the values of each column are like, before and now; nothing where no column has any. */
export function renderValues(
  columns: readonly (readonly [name: string, report: ColumnReport])[],
  style: TextStyle,
): string[] {
  const header = ["values", "mean", "sd", "median", "5% to 95%", "different"];
  const rows = columns.flatMap(([name, { measures }]) => {
    const { mean, sd, median, novel, uniqueness } = measures;
    if (uniqueness?.value === undefined) return [];
    // Beyond the reference's outermost edges nobody knows where values lie.
    const span = (novel?.value ?? 0) < MOST_BEYOND ? spanOf(median) : "-";
    return [{ cells: [name, change(mean), change(sd), change(median), span, countOf(uniqueness)] }];
  });
  return rows.length === 0 ? [] : ["", renderTable(header, rows, style)];
}

/** Less than what lies below the 5% quantile. */
const MOST_BEYOND = 0.04;

/** "12.1 → 13.4", or "12.1 → above 13.4" where only one bound is known. */
function change(score: Score | undefined): string {
  const before = score?.extras?.["reference"];
  if (score?.value === undefined || before === undefined) return "-";
  const { value, lower, upper } = score;
  const [from, to] = [formatNumber(before), formatNumber(value)];
  if (lower !== undefined && upper === undefined) return `${from} → above ${formatNumber(lower)}`;
  if (upper !== undefined && lower === undefined) return `${from} → below ${formatNumber(upper)}`;
  return from === to ? to : `${from} → ${to}`;
}

/** The window's. */
function spanOf(median: Score | undefined): string {
  const { p05, p95 } = median?.extras ?? {};
  return p05 === undefined || p95 === undefined ? "-" : `${formatNumber(p05)} to ${formatNumber(p95)}`;
}

/** Beyond a few it is an estimate. */
function countOf({ extras, lower, upper }: Score): string {
  const distinct = extras?.["distinct"] ?? 0;
  const isExact = lower === upper || distinct < SURE;
  return `${isExact ? "" : "about "}${formatCount(Math.round(distinct))}`;
}

/** With a standard error of 2% an estimate of fewer, rounded, is hardly ever wrong. */
const SURE = 10;
