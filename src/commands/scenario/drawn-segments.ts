import type { FittedModel } from "../../rules/fitted-model.ts";
import { selectNames } from "../../rules/column-globs.ts";
import { measureNamed } from "../../statistics/measures.ts";
import type { Grouping } from "../../window/segments.ts";
import type { Change } from "./scenario.ts";

/** A segment whose counts are drawn. */
export interface DrawnSegment {
  readonly name: string;
  /** The columns that it is told by; [] for `all`. */
  readonly keys: readonly string[];
  /** Its value of each key; absent for `all`, and for the `other` of a grouping. */
  readonly values?: Readonly<Record<string, string>>;
  /** Of the reference's rows. */
  readonly share: number;
  /** Whether its counts and those of the others of its grouping are added up to `all`. */
  readonly isPart: boolean;
  /** The reference's, by column of the counting plan. */
  readonly counts: readonly Float64Array[];
  /** The reference's labels, on the model's ruler; absent where it has none. */
  readonly outcomes?: Float64Array;
}

/**
 * The segments that have to be drawn: those of a grouping that some rule judges by, or some change is of. The segments of one
 * grouping add up to `all`: of the one that holds the changes. Further groupings are drawn apart, since a reference does not say
 * which rows they share; without any grouping `all` is drawn alone.
 */
export function drawnSegments(fitted: FittedModel, changes: readonly Change[]): DrawnSegment[] {
  const { groupings } = fitted.counting.segments;
  const changed = [...new Set(changes.flatMap(({ segment = {} }) => Object.keys(segment)))];
  const asked = new Set(fitted.model.rules.flatMap((rule) => groupingsOf(fitted, rule)));
  const holds = (grouping: Grouping): boolean => changed.every((key) => grouping.keys.includes(key));
  const summed =
    changed.length > 0 ? groupings.find(holds) : groupings.find((grouping) => asked.has(grouping));
  const others = groupings.filter((grouping) => grouping !== summed && asked.has(grouping));
  return [
    ...(summed === undefined ? [wholeSegment(fitted)] : segmentsOf(fitted, summed, true)),
    ...others.flatMap((grouping) => segmentsOf(fitted, grouping, false)),
  ];
}

function groupingsOf({ counting }: FittedModel, rule: FittedModel["model"]["rules"][number]): Grouping[] {
  const { groupings } = counting.segments;
  const keys = rule.by.filter((key) => key !== "version");
  const judged = groupings.filter(
    (grouping) =>
      keys.length > 0 &&
      grouping.keys.length === keys.length &&
      keys.every((key) => grouping.keys.includes(key)),
  );
  if (measureNamed(rule.measure)?.across === undefined) return judged;
  const single = groupings.filter((grouping) => grouping.keys.length === 1);
  const compared = selectNames(
    rule.columns,
    single.flatMap((grouping) => grouping.keys),
  );
  return [...judged, ...single.filter((grouping) => grouping.keys.every((key) => compared.includes(key)))];
}

function wholeSegment(fitted: FittedModel): DrawnSegment {
  const { name, outcome } = fitted.reference.segments[0];
  return {
    name,
    keys: [],
    share: 1,
    isPart: true,
    counts: countsOf(fitted, 0),
    ...(outcome === undefined ? {} : { outcomes: outcome.counts }),
  };
}

/** Every followed segment of a grouping, and its `other`: what the reference has besides them. */
function segmentsOf(fitted: FittedModel, grouping: Grouping, isPart: boolean): DrawnSegment[] {
  const { counting, reference } = fitted;
  const whole = wholeSegment(fitted);
  const rest = {
    share: 1,
    counts: whole.counts.map((counts) => counts.slice()),
    ...(whole.outcomes === undefined ? {} : { outcomes: whole.outcomes.slice() }),
  };
  const followed = [...grouping.segmentOfCode].flatMap(([code, segment]): DrawnSegment[] => {
    const name = counting.segments.names[segment];
    const position = reference.segments.findIndex((candidate) => candidate.name === name);
    if (position < 0) return [];
    const { rows, outcome } = reference.segments[position];
    const counts = countsOf(fitted, position);
    const share = rows / reference.segments[0].rows;
    rest.share -= share;
    for (const [column, own] of counts.entries()) subtract(rest.counts[column], own);
    if (rest.outcomes !== undefined && outcome !== undefined) subtract(rest.outcomes, outcome.counts);
    const values = valuesOf(fitted, grouping, code);
    const outcomes = outcome === undefined ? {} : { outcomes: outcome.counts };
    return [{ name, keys: grouping.keys, values, share, isPart, counts, ...outcomes }];
  });
  const name = counting.segments.names[grouping.other];
  return [...followed, { name, keys: grouping.keys, isPart, ...rest, share: Math.max(0, rest.share) }];
}

function countsOf({ counting, reference }: FittedModel, segment: number): Float64Array[] {
  return counting.columns.map(({ position }) => reference.segments[segment].columns[position].counts);
}

function subtract(from: Float64Array, counts: Float64Array): void {
  for (const [slot, count] of counts.entries()) from[slot] = Math.max(0, from[slot] - count);
}

/** The inverse of the mixed-radix code. */
function valuesOf({ counting }: FittedModel, grouping: Grouping, code: number): Record<string, string> {
  const values: Record<string, string> = {};
  let rest = code;
  for (const [depth, key] of [...grouping.keys.entries()].toReversed()) {
    const radix = grouping.radices[depth];
    values[key] = counting.plan.columns[grouping.columns[depth]].categories[rest % radix];
    rest = Math.floor(rest / radix);
  }
  return values;
}

/**
 * Which part of a segment's rows a change touches. Where the segment does not tell, it is the part that the change's own
 * segment has of all rows: a reference does not say which rows two groupings share.
 */
export function touchedShare(fitted: FittedModel, { keys, values }: DrawnSegment, change: Change): number {
  if (change.segment === undefined) return 1;
  const wanted = Object.entries(change.segment);
  const isTold = wanted.every(([key]) => keys.includes(key));
  if (values === undefined) return isTold ? 0 : shareOf(fitted, change.segment);
  if (wanted.some(([key, value]) => keys.includes(key) && values[key] !== value)) return 0;
  return isTold ? 1 : shareOf(fitted, change.segment);
}

/** Of all rows of the reference; 0 of a segment that it does not follow. */
function shareOf({ counting, reference }: FittedModel, segment: Readonly<Record<string, string>>): number {
  const keys = Object.keys(segment);
  const own = counting.segments.groupings.find(
    (grouping) => grouping.keys.length === keys.length && grouping.keys.every((key) => key in segment),
  );
  const name = own?.keys.map((key) => `${key}=${segment[key]}`).join(",");
  const found = reference.segments.find((candidate) => candidate.name === name);
  return (found?.rows ?? 0) / reference.segments[0].rows;
}
