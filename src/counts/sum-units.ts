import { nextUp } from "./grid.ts";
import type { Grid } from "./grid.ts";
import { SUM_LEVELS } from "./tails.ts";

/*
 * Sums must be integers, or they would depend on the order of events. So a value is summed as its distance from an edge of
 * its bin, in steps of a power of two: 2^20 of them to an inner bin. Beyond the outermost edges the step grows with the
 * distance, by levels: the first reaches 2 spans out in steps of span / 2^20, each further one 4,096 times as far in steps
 * as much larger. What lies beyond the last level counts where that ends, and is called clipped. Infinite values are no
 * part of any sum.
 */

/** A column's units: fixed by its grid. Its parts are the low levels from the furthest on, the inner bins, the high levels. */
export interface SumUnits {
  /** A power of two above the distance of the outermost edges. */
  readonly span: number;
  /** Where distances beyond the outermost edges are taken from: not beyond these themselves. */
  readonly lowBase: number;
  readonly highBase: number;
  /** By inner bin, at its position in the section: where its distances are taken from, and steps to one. */
  readonly origins: Float64Array;
  readonly scales: Float64Array;
  /** A value near the middle of the reference, to which means and spreads are relative, so that no digits are lost. */
  readonly center: number;
  /** By part: where its distances are taken from, relative to the centre. */
  readonly bases: Float64Array;
  /** By part: what turns a distance from the base into one from the part's lower end. */
  readonly shifts: Float64Array;
  readonly widths: Float64Array;
  /** By part: the size of a step. No value is further than half of it from where it is counted. */
  readonly steps: Float64Array;
}

/** Steps to an inner bin are at most 2^20, to a level at most 2^21: so 2^32 values of one bin sum up below 2^53. */
const INNER_BITS = 20;
/** In spans, by level. */
const REACHES = [2, 2 ** 13, 2 ** 25] as const;
const STEPS = [2 ** -20, 2 ** -8, 2 ** 4] as const;
/** The span must leave room for the levels above it, and for their steps below it. */
const GREATEST_EXPONENT = 998;
const LEAST_EXPONENT = -1_000;

const known = new WeakMap<Grid, SumUnits | "none">();

/** Undefined where the reference has no finite value, or its values are more than 2^998 (2.7e300) apart. */
export function unitsOf(grid: Grid): SumUnits | undefined {
  const found = known.get(grid) ?? buildUnits(grid) ?? "none";
  known.set(grid, found);
  return found === "none" ? undefined : found;
}

/** How far out a level reaches from the outermost edge. */
export function levelReach(span: number, level: number): number {
  return span * REACHES[level];
}

/** The size of a level's steps. */
export function levelStep(span: number, level: number): number {
  return span * STEPS[level];
}

function buildUnits(grid: Grid): SumUnits | undefined {
  const { edges } = grid;
  const last = edges.length - 1;
  if (last < 0) return undefined;
  const exponent = Math.max(LEAST_EXPONENT, exponentAbove(extentOf(grid)));
  if (exponent > GREATEST_EXPONENT) return undefined;
  const span = 2 ** exponent;
  const step = levelStep(span, 0);
  const center = edges[last >> 1];
  const sides = {
    lowBase: wholeSteps(Math.ceil(edges[0] / step) * step, edges[0]),
    highBase: wholeSteps(Math.floor(edges[last] / step) * step, edges[last]),
  };
  const inner = innerUnits(edges);
  const parts = [
    ...Array.from({ length: SUM_LEVELS }, (_, k) =>
      lowPart({ span, level: SUM_LEVELS - 1 - k, base: sides.lowBase, edge: edges[0] }),
    ),
    ...Array.from({ length: last }, (_, k) => innerPart(edges, inner, k + 1)),
    ...Array.from({ length: SUM_LEVELS }, (_, k) =>
      highPart({ span, level: k, base: sides.highBase, edge: edges[last] }),
    ),
  ];
  return {
    span,
    ...sides,
    ...inner,
    center,
    bases: Float64Array.from(parts, ({ base }) => base - center),
    shifts: Float64Array.from(parts, ({ shift }) => shift),
    widths: Float64Array.from(parts, ({ width }) => width),
    steps: Float64Array.from(parts, ({ step: size }) => size),
  };
}

/** Of one value the edges say nothing: then the rare other ones do, or else its size. */
function extentOf({ edges, minimum, maximum }: Grid): number {
  const first = edges[0];
  const last = edges[edges.length - 1];
  if (last > nextUp(first)) return last - first;
  const range = maximum - minimum;
  return Number.isFinite(range) && range > 0 ? range : Math.abs(first) || 1;
}

/** A whole number of steps, so that values of few digits are summed exactly; the edge where a double cannot hold it. */
function wholeSteps(base: number, edge: number): number {
  return Number.isFinite(base) ? base : edge;
}

function innerUnits(edges: Float64Array): Pick<SumUnits, "origins" | "scales"> {
  const origins = new Float64Array(edges.length + 1);
  const scales = new Float64Array(edges.length + 1);
  for (let bin = 1; bin < edges.length; bin += 1) {
    const from = edges[bin - 1];
    // Beyond 2^1023 there is no scale: bins that narrow hold what is next to 0.
    const scale = 2 ** Math.min(1_023, INNER_BITS - exponentAbove(edges[bin] - from));
    origins[bin] = wholeSteps(Math.floor(from * scale) / scale, from);
    scales[bin] = scale;
  }
  return { origins, scales };
}

interface Part {
  readonly base: number;
  readonly shift: number;
  readonly width: number;
  readonly step: number;
}

function innerPart(
  edges: Float64Array,
  { origins, scales }: Pick<SumUnits, "origins" | "scales">,
  bin: number,
): Part {
  const from = edges[bin - 1];
  const base = origins[bin];
  return { base, shift: base - from, width: edges[bin] - from, step: 1 / scales[bin] };
}

interface Outer {
  readonly span: number;
  readonly level: number;
  readonly base: number;
  /** The outermost one, where the nearest level begins. */
  readonly edge: number;
}

/** Distances go down from its base. */
function lowPart({ span, level, base, edge }: Outer): Part {
  const reach = levelReach(span, level);
  const from = level === 0 ? base - edge : levelReach(span, level - 1);
  return { base, shift: reach, width: reach - from, step: levelStep(span, level) };
}

function highPart({ span, level, base, edge }: Outer): Part {
  const from = level === 0 ? edge - base : levelReach(span, level - 1);
  return { base, shift: -from, width: levelReach(span, level) - from, step: levelStep(span, level) };
}

/** The exponent of the least power of two above x > 0. From its bits, so that it is the same on any machine. */
function exponentAbove(x: number): number {
  const bits = new DataView(new ArrayBuffer(8));
  bits.setFloat64(0, x);
  const biased = (bits.getUint32(0) >>> 20) & 0x7ff;
  return Math.max(1, biased) - 1_022;
}
