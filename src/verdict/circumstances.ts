import { unpackInto } from "../counts/packed.ts";
import type { FittedModel } from "../rules/fitted-model.ts";
import { countDirections } from "../statistics/directions.ts";
import type { PaneValue } from "../window/pane.ts";
import { observe, type SeenWindow } from "./observation.ts";
import { type OffsetRanges, offsetsOfPanes } from "./offset-ranges.ts";
import { findOnset } from "./onset.ts";
import type { PaneCount } from "./onset.ts";
import { createSeries, seriesAt, type RuleSeries } from "./rule-series.ts";
import { type BlockPlace, judgedVersions, segmentsOf } from "./series-places.ts";
import { explainSignificance } from "./significance.ts";

/** When a change began, and where else it is seen: what only the panes of an alert's window tell. */
export interface Circumstances {
  /** Start of the pane in which the change began, RFC 3339 UTC. */
  readonly began?: string;
  /** The segments that the model is split by; of an alert on one segment, the others. */
  readonly segments?: Spread;
  /** The other versions, where the rule judges by version. */
  readonly versions?: Spread;
}

/** Places by what is seen there. What has too few values, or no reference, is in neither. */
export interface Spread {
  readonly moved: Places;
  readonly calm: Places;
}

export interface Places {
  readonly count: number;
  /** The first of them; an alert is stored with every verdict, so that there is an end to it. */
  readonly names: readonly string[];
}

/** The panes of one window, of every version and segment; shared by all alerts that fire on it. */
export interface WindowPanes {
  readonly bySegment: ReadonlyMap<string, readonly PaneValue[]>;
  /** Added up, as they are asked for. */
  readonly sums: Map<string, Float64Array>;
  readonly offsets: OffsetRanges;
}

/** `fields` are the panes of the same window that say what fields its records have, and where these stand. */
export function indexPanes(panes: readonly PaneValue[], fields: readonly PaneValue[] = []): WindowPanes {
  const bySegment = new Map<string, PaneValue[]>();
  for (const pane of panes) {
    const known = bySegment.get(pane.segment);
    if (known === undefined) bySegment.set(pane.segment, [pane]);
    else known.push(pane);
  }
  return { bySegment, sums: new Map(), offsets: offsetsOfPanes(fields) };
}

export interface FiredWindow {
  readonly fitted: FittedModel;
  readonly series: RuleSeries;
  /** Those admitted so far. */
  readonly versions: readonly string[];
  readonly panes: WindowPanes;
  /** Of the window, ms. */
  readonly from: number;
  readonly to: number;
}

/** For people, outside the budget: whether another series has moved too is told at this level and the rule's own limit. */
const LEVEL = 0.001;
/** Of more places than these only the number is kept. */
const MOST_KEPT = 20;

/** Nothing of measures that look at whole rows or labels, nor where the window before would be needed too. */
export function collectCircumstances(found: FiredWindow): Circumstances {
  const { measure, compared, labels } = found.series;
  if (measure.signal === "policy" || measure.signal === "outcomes" || compared?.isBefore === true) return {};
  const { segment = "all" } = labels;
  const fired = { ...found, series: seriesAt(found.series, sumsIn(found, segment)) };
  const began = onsetOf(fired);
  const segments = spreadOf(fired, otherSegments(fired), ({ segment }) => segment);
  const versions = spreadOf(fired, otherVersions(fired), ({ version }) => version ?? "");
  return {
    ...(began === undefined ? {} : { began }),
    ...(segments === undefined ? {} : { segments }),
    ...(versions === undefined ? {} : { versions }),
  };
}

/** The pane in which the direction that moved most left the reference. */
function onsetOf({ fitted, series, panes }: FiredWindow): string | undefined {
  const { prepared, section, labels } = series;
  if (prepared === undefined || prepared.directions.size === 0) return undefined;
  const { directions, calibration } = prepared;
  const vector = new Float64Array(fitted.counting.layout.stride);
  const own = vector.subarray(section.offset, section.offset + section.length);
  const sum = new Float64Array(section.length);
  const counts = new Map<number, { cases: Float64Array; values: number }>();
  for (const pane of panesOf(panes, { version: labels.version, segment: labels.segment ?? "all" })) {
    unpackInto(pane.packed, vector.fill(0), 1);
    const values = countDirections(directions, own, prepared.work);
    const known = counts.get(pane.start) ?? { cases: new Float64Array(directions.size), values: 0 };
    known.values += values;
    for (let e = 0; e < directions.size; e += 1) known.cases[e] += prepared.work[e];
    counts.set(pane.start, known);
    for (let slot = 0; slot < sum.length; slot += 1) sum[slot] += own[slot];
  }
  const largest = explainSignificance(prepared, sum).largest;
  const e = largest === undefined ? 0 : directions.labels.indexOf(largest.direction);
  const share = calibration.n === 0 ? 0 : calibration.counts[e] / calibration.n;
  const byStart = [...counts]
    .map(([start, { cases, values }]): PaneCount => ({ start, cases: cases[e], values }))
    .toSorted((a, b) => a.start - b.start);
  // A share without a null of its own can only have risen.
  const onset = findOnset(byStart, share, (largest?.r ?? 1) > 0);
  return Number.isNaN(onset) ? undefined : new Date(onset).toISOString();
}

/** Of every single column that the model is split by; of an alert on one segment, of its own columns. */
function otherSegments({ fitted, series }: FiredWindow): BlockPlace[] {
  const { names, groupings } = fitted.counting.segments;
  const { segment, version } = series.labels;
  const own = series.rule.by.filter((key) => key !== "version");
  const positions =
    segment === undefined
      ? groupings
          .filter(({ keys }) => keys.length === 1)
          .flatMap(({ segmentOfCode }) => [...segmentOfCode.values()])
      : segmentsOf(fitted, { ...series.rule, by: own });
  return [...new Set(positions.map((position) => names[position]))]
    .filter((name) => name !== (segment ?? "all"))
    .map((name) => ({ block: series.block, version, segment: name, other: series.compared?.block }));
}

function otherVersions({ series, versions }: FiredWindow): BlockPlace[] {
  const { version, segment = "all" } = series.labels;
  if (version === undefined) return [];
  return judgedVersions(series.rule, versions)
    .filter((name) => name !== version)
    .map((name) => ({ block: series.block, version: name, segment, other: series.compared?.block }));
}

function spreadOf(
  fired: FiredWindow,
  places: readonly BlockPlace[],
  nameOf: (place: BlockPlace) => string,
): Spread | undefined {
  const moved: string[] = [];
  const calm: string[] = [];
  for (const place of places) {
    const observation = observePlace(fired, place);
    if (observation === "significant") moved.push(nameOf(place));
    else if (observation === "calm") calm.push(nameOf(place));
  }
  if (moved.length + calm.length === 0) return undefined;
  return { moved: placesOf(moved), calm: placesOf(calm) };
}

function placesOf(names: readonly string[]): Places {
  return { count: names.length, names: names.slice(0, MOST_KEPT) };
}

/** The rule's own question, asked of another place. */
function observePlace({ fitted, series, panes, from, to }: FiredWindow, place: BlockPlace) {
  const { rule, measure, section } = series;
  const there = createSeries({ fitted, rule, measure, place, section, alpha: LEVEL });
  const own = panesOf(panes, place);
  const sum = sumOf(panes, place, fitted.counting.layout.stride);
  const sums = sumsIn({ fitted, series, panes, from }, place.segment);
  return observe(seriesAt(there, sums), {
    sum,
    to,
    ...sums,
    countSteps: (holds) => countSteps(own, { every: rule.window.every, stride: sum.length, holds }),
  });
}

/** Of the version that the rule holds others against, whichever block is asked for. */
function sumsIn(
  { fitted, series, panes, from }: Pick<FiredWindow, "fitted" | "series" | "panes" | "from">,
  segment: string,
): Pick<SeenWindow, "from" | "sumOf" | "sumBefore"> {
  const { against } = series.rule;
  const version = typeof against === "object" ? against.version : undefined;
  return {
    from,
    sumOf: () =>
      version === undefined ? undefined : sumOf(panes, { version, segment }, fitted.counting.layout.stride),
    sumBefore: () => undefined,
  };
}

function countSteps(
  panes: readonly PaneValue[],
  { every, stride, holds }: { every: number; stride: number; holds: (sum: Float64Array) => boolean },
): number {
  const steps = new Map<number, Float64Array>();
  for (const { start, packed } of panes) {
    const step = Math.floor(start / every);
    const sum = steps.get(step) ?? new Float64Array(stride);
    unpackInto(packed, sum, 1);
    steps.set(step, sum);
  }
  return [...steps.values()].filter(holds).length;
}

type Place = Pick<BlockPlace, "version" | "segment">;

function sumOf(panes: WindowPanes, place: Place, stride: number): Float64Array {
  const key = JSON.stringify([place.version ?? null, place.segment]);
  const known = panes.sums.get(key);
  if (known !== undefined) return known;
  const sum = new Float64Array(stride);
  for (const { packed } of panesOf(panes, place)) unpackInto(packed, sum, 1);
  panes.sums.set(key, sum);
  return sum;
}

/** Without a version, all versions' together. */
function panesOf({ bySegment }: WindowPanes, { version, segment }: Place): readonly PaneValue[] {
  const all = bySegment.get(segment) ?? [];
  return version === undefined ? all : all.filter((pane) => pane.version === version);
}
