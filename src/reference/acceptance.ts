import { CodedError } from "../config/coded-error.ts";
import { CATEGORIES_TAIL } from "../counts/tails.ts";
import type { Calibration, Dispersion } from "../statistics/calibration.ts";
import { countDirections, directionsOf } from "../statistics/directions.ts";
import { groupsOf } from "../statistics/groups.ts";
import { referenceId } from "./identity.ts";
import type { AcceptedChange, Baseline, Reference, ReferenceColumn } from "./reference.ts";
import { refOf } from "./series.ts";

/** What was counted of one column in the accepted span: by segment, its section, and what follows it in that of the kind `sums`. */
export type AcceptedCounts = ReadonlyMap<
  string,
  { readonly counts: Float64Array; readonly sums?: Float64Array }
>;

type Span = Pick<AcceptedChange, "since" | "until">;

/** A group that PSI is quoted on must keep this share where it had it, or the old bins say too little of the new data. */
const LEAST_SHARE = 0.02;
/** A segment with fewer values keeps what the reference had of it. */
const LEAST_VALUES = 1_000;
/**
 * How the accepted span's own windows vary is not looked at, however many they are: the old reference's dispersion stands for it,
 * which is no promise (SIGNIFICANCE 1 asks for 500 windows of its own).
 */
const MOST_WINDOWS = 499;

/** One column's change, and what was counted of it since. */
export interface Acceptance {
  readonly change: Omit<AcceptedChange, "segments">;
  readonly counted: AcceptedCounts;
}

/**
 * The reference with the accepted counts of a column in the place of its own, on the same bins: nothing else is changed, so that
 * windows stay. The last entry of `accepted` names the segments that had enough values.
 * @throws CodedError REFERENCE_INVALID where the old bins, or the old dispersion, would not do for the new data
 */
export function acceptChange(
  reference: Reference,
  change: Acceptance["change"],
  counted: AcceptedCounts,
): Reference {
  return acceptChanges(reference, [{ change, counted }]);
}

/** The same for several columns, one after the other. */
export function acceptChanges(reference: Reference, acceptances: readonly Acceptance[]): Reference {
  const { id: _id, ...before } = reference;
  const content = acceptances.reduce(replaceColumn, before);
  return { ...content, id: referenceId(content) };
}

function replaceColumn(
  reference: Omit<Reference, "id">,
  { change, counted }: Acceptance,
): Omit<Reference, "id"> {
  const refused = refuseAcceptance(reference, change.column, counted);
  if (refused !== undefined) throw new CodedError("REFERENCE_INVALID", refused);
  const position = reference.columns.findIndex(({ name }) => name === change.column);
  const column = reference.columns[position];
  const replaced: string[] = [];
  const segments = reference.segments.map((segment) => {
    const found = counted.get(segment.name);
    if (found === undefined || valuesIn(column, found.counts) < LEAST_VALUES) return segment;
    replaced.push(segment.name);
    const baseline = replaceCounts(column, segment.columns[position], { ...found, span: change });
    return { ...segment, columns: segment.columns.with(position, baseline) };
  });
  const accepted = [...(reference.accepted ?? []), { ...change, segments: replaced }];
  return { ...reference, segments, accepted };
}

/** Why what was counted of a column cannot stand in the place of what the reference has, in a sentence; undefined where it can. */
export function refuseAcceptance(
  reference: Omit<Reference, "id">,
  name: string,
  counted: AcceptedCounts,
): string | undefined {
  const position = reference.columns.findIndex((column) => column.name === name);
  const refused = position < 0 ? `has no column ${name}` : findMisfit(reference, position, counted);
  return refused === undefined ? undefined : `The reference ${refused}.`;
}

function findMisfit(
  reference: Omit<Reference, "id">,
  position: number,
  counted: AcceptedCounts,
): string | undefined {
  const column = reference.columns[position];
  const counts = counted.get("all")?.counts;
  const ref = refOf(column, reference.segments[0].columns[position].counts);
  const values = counts === undefined ? 0 : valuesIn(column, counts);
  if (counts === undefined || values < LEAST_VALUES)
    return `would know too little of ${column.name}: ${values} values were counted in that time, and ${LEAST_VALUES} are needed. Accept a longer time`;
  if (reference.segments.some(({ columns }) => columns[position].seasons !== undefined))
    return `holds ${column.name} against its season, which takes four whole weeks to learn, and a daemon keeps its hours for 14 days. ${BUILD}`;
  if (ref.kind === "categories") {
    const unseen = counts[ref.categories.length + CATEGORIES_TAIL.unseen] / values;
    if (unseen <= LEAST_SHARE) return undefined;
    return `does not know the categories of ${percent(unseen)} of the values of ${column.name}. ${BUILD}`;
  }
  const { reference: before, window, size, n, m } = groupsOf(ref, counts);
  // Where values are tied a group may have been smaller from the first, or empty.
  const kept = window.subarray(0, size).filter((_, group) => before[group] >= LEAST_SHARE * n);
  const least = Math.min(...kept) / m;
  if (least >= LEAST_SHARE) return undefined;
  return `has bins that do not fit ${column.name} any more: one of the ${size} groups that PSI is quoted on would keep ${percent(least)} of the values, and 2% are needed. ${BUILD}`;
}

const BUILD = "Build a new reference: driftd reference build";

function percent(share: number): string {
  return `${Number((100 * share).toPrecision(2))}%`;
}

function valuesIn(column: ReferenceColumn, counts: Float64Array): number {
  const directions = directionsOf(refOf(column, counts), "distribution");
  return countDirections(directions, counts, new Float64Array(directions.size));
}

function replaceCounts(
  column: ReferenceColumn,
  before: Baseline,
  { counts, sums, span }: { counts: Float64Array; sums?: Float64Array; span: Span },
): Baseline {
  const ref = refOf(column, counts);
  const calibrations = before.calibrations.map((calibration): Calibration => {
    const { signal, windowSize } = calibration;
    // Labels are of no column.
    if (signal === "outcomes") return calibration;
    const directions = directionsOf(ref, signal);
    const cases = new Float64Array(directions.size);
    const n = countDirections(directions, counts, cases);
    const windows = Math.max(1, Math.floor((span.until - span.since) / windowSize));
    const k = Math.min(windows, calibration.k, MOST_WINDOWS);
    return {
      signal,
      windowSize,
      k,
      blocks: Math.min(calibration.blocks, Math.floor(k / 3)),
      n,
      meanRows: n / windows,
      counts: cases,
      share: worstOf(calibration.share, directions.size, k),
      logit: worstOf(calibration.logit, directions.size, k),
    };
  });
  return { counts, ...(sums && { sums }), calibrations };
}

/** Other counts have other directions: the worst of all stands for each. Declared independence stays as it is. */
function worstOf({ deff, nu, tau }: Dispersion, directions: number, k: number): Dispersion {
  const freedom = nu.includes(Number.POSITIVE_INFINITY)
    ? Number.POSITIVE_INFINITY
    : Math.max(1, Math.min(k - 1, ...nu));
  return {
    deff: new Float64Array(directions).fill(Math.max(1, ...deff)),
    nu: new Float64Array(directions).fill(freedom),
    tau: new Float64Array(directions).fill(Math.max(1, ...tau)),
  };
}
