import { formatDuration } from "../config/quantity.ts";
import { LEAST_WINDOWS } from "../statistics/calibration.ts";
import { psi } from "../statistics/measures/psi.ts";
import type { ScoreStatus } from "../statistics/score.ts";
import { acceptChanges, refuseAcceptance, type AcceptedCounts } from "./acceptance.ts";
import type { Reference } from "./reference.ts";
import { findSeriesRef } from "./series.ts";

/** What was counted in the span that a candidate is to be made of; event time, ms. */
export interface CountedSpan {
  readonly since: number;
  readonly until: number;
  readonly reason: string;
  /** Lengths of the windows that will be held against it, ms. */
  readonly windowSizes: readonly number[];
  /** By column: those of all columns that are measured. */
  readonly columns: ReadonlyMap<string, AcceptedCounts>;
}

/** How far a column was in the span from what the reference in use has of it, over all rows. */
export interface ColumnDistance {
  readonly column: string;
  /** Absent where there is none: `status` says why. */
  readonly psi?: number;
  readonly status: ScoreStatus;
  /** Values in the span. */
  readonly n: number;
}

/** Windows of one length that a span holds. */
interface CountedWindows {
  /** ms. */
  readonly size: number;
  readonly windows: number;
}

/**
 * The reference with what was counted of every column in the place of its own, as if each had been accepted one by one; or, in
 * sentences, all that speaks against it: then there is no candidate, since one column that does not fit is as wrong as all.
 * Nothing else is changed: neither labels, nor fields, nor how many rows an hour usually has, nor how windows differ.
 */
export function buildCandidate(
  reference: Reference,
  { columns, windowSizes, ...change }: CountedSpan,
): { readonly candidate: Reference } | { readonly refused: readonly string[] } {
  const refused = [
    ...refuseWindows({ ...change, windowSizes }),
    ...[...columns].flatMap(([column, counted]) => refuseAcceptance(reference, column, counted) ?? []),
  ];
  if (refused.length > 0) return { refused };
  const acceptances = [...columns].map(([column, counted]) => ({ change: { column, ...change }, counted }));
  return { candidate: acceptChanges(reference, acceptances) };
}

type Windows = Pick<CountedSpan, "since" | "until" | "windowSizes">;

/** By length, the shortest first. */
export function countWindows({ since, until, windowSizes }: Windows): CountedWindows[] {
  return windowSizes
    .toSorted((a, b) => a - b)
    .map((size) => ({ size, windows: Math.floor((until - since) / size) }));
}

function refuseWindows(span: Windows): string[] {
  return countWindows(span).flatMap(({ size, windows }) =>
    windows >= LEAST_WINDOWS
      ? []
      : [
          `The time holds ${windows} windows of ${formatDuration(size)}, and ${LEAST_WINDOWS} are needed. Take a longer time.`,
        ],
  );
}

/** The worst first; those without a distance last. */
export function measureDistances(
  reference: Reference,
  columns: ReadonlyMap<string, AcceptedCounts>,
): ColumnDistance[] {
  const distances = [...columns].map(([column, counted]): ColumnDistance => {
    const position = reference.columns.findIndex(({ name }) => name === column);
    const ref = findSeriesRef(reference, "all", position);
    const counts = counted.get("all")?.counts;
    if (counts === undefined) return { column, status: "no-data", n: 0 };
    const { status, value, n } = psi.score(ref, counts, undefined);
    return { column, ...(value !== undefined && { psi: value }), status, n };
  });
  return distances.toSorted((a, b) => (b.psi ?? -1) - (a.psi ?? -1));
}
