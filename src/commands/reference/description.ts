import type { Calibration } from "../../statistics/calibration.ts";
import type { ScoreStatus, Trust } from "../../statistics/score.ts";
import { BINS_TAIL, CATEGORIES_TAIL } from "../../counts/tails.ts";
import type { SeriesRef } from "../../counts/ref.ts";
import type { AcceptedChange, Reference, ReferenceOutcome } from "../../reference/reference.ts";
import { findSeriesRef, shownSegments } from "../../reference/series.ts";
import { prepareSeries } from "../../verdict/prepared-series.ts";
import { schemaHash } from "../../rules/lineage.ts";
import { describeFields } from "./field-description.ts";
import type { FieldsDescription } from "./field-description.ts";
import { describeLabels } from "./label-description.ts";
import type { LabelDescription } from "./label-description.ts";
import { describeSeason } from "./season-description.ts";
import type { SeasonDescription } from "./season-description.ts";
import { rangeOf } from "./range.ts";

/** A reference for people and programs: what it knows of every series, and how far that can be trusted. No raw rows. */
export interface ReferenceDescription {
  readonly id: string;
  readonly model: string;
  readonly rows: number;
  /** RFC 3339; absent without event time. */
  readonly from?: string;
  readonly to?: string;
  readonly independent: boolean;
  readonly keyId?: string;
  readonly segmentBy: readonly (readonly string[])[];
  /** ms. */
  readonly windowSizes: readonly number[];
  readonly segments: readonly SegmentDescription[];
  /** Where it has labels: the labelled share of predictions, and within what time 99% came (ms), if that is known. */
  readonly outcome?: { readonly coverage: number; readonly delay99?: number };
  /** Hash of its columns and fields, as in the lineage of alerts. */
  readonly schema: string;
  /** Where it knows what fields its records had. */
  readonly fields?: FieldsDescription;
  /** Id of the reference whose bins it is counted on, where they were not made of its own rows. */
  readonly gridOf?: string;
  /** Where a daemon learnt it of a sample of its stream: rows that came in that time. */
  readonly learnt?: { readonly rows: number };
  /** Changes that were taken to be the new normal, the first one first. Times are RFC 3339, in event time. */
  readonly accepted?: readonly AcceptanceDescription[];
}

export interface AcceptanceDescription {
  readonly column: string;
  readonly version?: string;
  readonly segments: readonly string[];
  readonly since: string;
  readonly until: string;
  readonly by?: string;
  readonly reason: string;
}

interface SegmentDescription {
  readonly name: string;
  readonly rows: number;
  readonly columns: readonly ColumnDescription[];
  /** Where the source had a truth beside the prediction. */
  readonly labels?: LabelDescription;
}

export interface ColumnDescription {
  readonly name: string;
  readonly type: string;
  readonly role: string;
  readonly pii: boolean;
  /** Values, and cells without one (nulls, and NaN that were sent). */
  readonly n: number;
  readonly missing: number;
  /** Bins or categories. */
  readonly cells: number;
  readonly windows: readonly WindowDescription[];
  /** Of columns that a rule holds against their season. */
  readonly seasons?: readonly SeasonDescription[];
}

/** What the reference's own windows of one length say of the column's distribution (SIGNIFICANCE 1). */
export interface WindowDescription {
  /** ms. */
  readonly size: number;
  /** K, and values per window. */
  readonly k: number;
  readonly meanRows: number;
  readonly directions: number;
  /** Least and greatest over the directions, on the scale of shares; absent without directions. */
  readonly deff?: readonly [number, number];
  readonly nu?: readonly [number, number];
  readonly status: ScoreStatus;
  readonly trust: Trust;
  /** Why not `ok`, or not `promised`. */
  readonly reason?: string;
  /** Directions that differ too much between windows of this length to be judged. */
  readonly tooVariable: readonly string[];
}

export function describeReference(reference: Reference): ReferenceDescription {
  const { id, model, rows, from, to, independent, keyId, segmentBy, windowSizes, outcome } = reference;
  return {
    id,
    model,
    rows,
    ...(Number.isNaN(from) ? {} : { from: new Date(from).toISOString(), to: new Date(to).toISOString() }),
    independent,
    ...(keyId === undefined ? {} : { keyId }),
    segmentBy,
    windowSizes,
    segments: shownSegments(reference).map((segment) => {
      const { name, rows } = segment;
      const labels = describeLabels(reference, segment);
      const columns = reference.columns.flatMap((_, column) => describeColumn(reference, name, column));
      return { name, rows, columns, ...(labels === undefined ? {} : { labels }) };
    }),
    ...(outcome === undefined ? {} : { outcome: describeOutcome(outcome) }),
    schema: schemaHash(reference),
    ...(reference.fields === undefined ? {} : { fields: describeFields(reference.fields) }),
    ...(reference.gridOf === undefined ? {} : { gridOf: reference.gridOf }),
    ...(reference.learnt === undefined ? {} : { learnt: { rows: reference.learnt.rows } }),
    ...(reference.accepted === undefined ? {} : { accepted: reference.accepted.map(describeAcceptance) }),
  };
}

function describeAcceptance({ since, until, ...change }: AcceptedChange): AcceptanceDescription {
  return { ...change, since: new Date(since).toISOString(), until: new Date(until).toISOString() };
}

function describeOutcome({
  coverage,
  delay99,
}: ReferenceOutcome): NonNullable<ReferenceDescription["outcome"]> {
  return { coverage, ...(Number.isNaN(delay99) ? {} : { delay99 }) };
}

function describeColumn(reference: Reference, segment: string, column: number): ColumnDescription[] {
  const ref = findSeriesRef(reference, segment, column);
  const described = reference.columns[column];
  if (ref === undefined || described === undefined) return [];
  const { name, type, role, pii } = described;
  const cells = ref.kind === "bins" ? ref.grid.edges.length + 1 : ref.categories.length;
  const windows = reference.windowSizes.flatMap((size) => {
    const calibration = calibrationOf(reference, { segment, column, size });
    if (calibration === undefined) return [];
    const parent = segment === "all" ? undefined : calibrationOf(reference, { segment: "all", column, size });
    return [describeWindows(ref, calibration, parent)];
  });
  const missing = missingOf(ref, cells);
  const known = reference.segments.find((one) => one.name === segment)?.columns[column]?.seasons;
  const seasons = known === undefined ? {} : { seasons: known.map((season) => describeSeason(ref, season)) };
  return [{ name, type, role, pii, n: ref.total, missing, cells, windows, ...seasons }];
}

function describeWindows(
  ref: SeriesRef,
  calibration: Calibration,
  parent: Calibration | undefined,
): WindowDescription {
  const series = prepareSeries({ ref, signal: "distribution", calibration, parent, alpha: 1 });
  const { status, trust, kept, directions } = series;
  const reason = series.reason ?? series.trustReason;
  const isMixed = (e: number): boolean => calibration.counts[e] > 0 && calibration.counts[e] < calibration.n;
  return {
    size: calibration.windowSize,
    k: calibration.k,
    meanRows: calibration.meanRows,
    directions: directions.size,
    ...(directions.size === 0
      ? {}
      : { deff: rangeOf(calibration.share.deff), nu: rangeOf(calibration.share.nu) }),
    status,
    trust,
    ...(reason === undefined ? {} : { reason }),
    tooVariable: directions.labels.filter((_, e) => isMixed(e) && !kept.includes(e)),
  };
}

function calibrationOf(
  reference: Reference,
  place: { segment: string; column: number; size: number },
): Calibration | undefined {
  return reference.segments
    .find(({ name }) => name === place.segment)
    ?.columns[place.column]?.calibrations.find(
      ({ signal, windowSize }) => signal === "distribution" && windowSize === place.size,
    );
}

function missingOf(ref: SeriesRef, cells: number): number {
  if (ref.kind === "categories") return ref.counts[cells + CATEGORIES_TAIL.missing];
  return ref.counts[cells + BINS_TAIL.missing] + ref.counts[cells + BINS_TAIL.nan];
}
