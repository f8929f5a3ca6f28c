import { caseCount, caseTotal } from "../statistics/cases.ts";
import type { SeriesRef } from "../counts/ref.ts";
import type { GroupCounts } from "../statistics/group-counts.ts";
import type { FieldChange } from "./field-changes.ts";
import { spreadOfGroups } from "./group-spread.ts";
import type { GroupSpread } from "./group-spread.ts";
import { measureMovement } from "./movement.ts";
import type { Movement } from "./movement.ts";
import { formatChange, formatShare } from "./quantities.ts";
import type { RuleSeries } from "./rule-series.ts";
import { explainSignificance } from "./significance.ts";
import type { VersionEvidence } from "./version-alert.ts";

/** What an alert's sentences rest on, as data. Of measures of whole events, rows and labels it is empty. */
export interface Evidence {
  /** Where the window is furthest from the reference by the reference's own measure: `at or above 120`. Its r, nu and deff stand in the score. */
  readonly direction?: string;
  /** What moved in the column; absent where the measure is a share. */
  readonly movement?: Movement;
  /** The column's share of missing values, in the reference and in the window. */
  readonly missing?: { readonly from: number; readonly to: number };
  /** Of a measure across groups: those furthest apart. */
  readonly groups?: GroupSpread;
  /** Of a measure of the records' fields: each that changed. */
  readonly fields?: readonly FieldChange[];
  /** Of a comparison of versions: all that was asked. */
  readonly comparison?: VersionEvidence;
}

/** Below it a change of the missing share is no explanation of anything. */
const UNCHANGED = 0.005;

export function collectEvidence(
  { measure, ref, prepared }: Pick<RuleSeries, "measure" | "ref" | "prepared">,
  section: Float64Array,
  groups: readonly GroupCounts[] = [],
): Evidence {
  const { signal, across } = measure;
  const spread = across && spreadOfGroups(groups, across);
  if (spread !== undefined) return { groups: spread };
  if (ref === undefined || (signal !== "distribution" && signal !== "missing" && signal !== "novel"))
    return {};
  const direction = prepared && explainSignificance(prepared, section).largest?.direction;
  const movement = signal === "distribution" ? measureMovement(ref, section) : undefined;
  const missing = signal === "missing" ? undefined : missingShares(ref, section);
  return {
    ...(direction === undefined ? {} : { direction }),
    ...(movement === undefined ? {} : { movement }),
    ...(missing === undefined ? {} : { missing }),
  };
}

function missingShares(ref: SeriesRef, section: Float64Array): Evidence["missing"] {
  const before = caseTotal(ref, "missing", ref.counts);
  const after = caseTotal(ref, "missing", section);
  if (before === 0 || after === 0) return undefined;
  return {
    from: caseCount(ref, "missing", ref.counts) / before,
    to: caseCount(ref, "missing", section) / after,
  };
}

/** "Missing values unchanged (0.2%)." */
export function describeMissing({ missing }: Evidence): string {
  if (missing === undefined) return "";
  const { from, to } = missing;
  if (Math.abs(to - from) < UNCHANGED) return `Missing values unchanged (${formatShare(to)}).`;
  return `Missing values ${to < from ? "fell" : "rose"} too, ${formatChange(from, to)}.`;
}
