import type { Grid } from "../counts/grid.ts";
import type { BinsRef, SeriesRef } from "../counts/ref.ts";
import { NO_REFERENCE, noData, NOT_NUMBERS, scored } from "./measure.ts";
import type { MeasureContext } from "./measure.ts";
import { countOfBins } from "./numeric-bins.ts";
import type { Score } from "./score.ts";
import { scoreSpans } from "./score-spans.ts";

/** How sure a prediction is, by the probability of class 1: monotone from 0 to one half, and the same of p and 1 - p. */
export type Certainty = (probability: number) => number;

/**
 * The mean certainty of a window's scores and its distance from the reference's. Each score stands at the middle of its bin;
 * the exact mean lies in [lower, upper], where all stand at the surest or the least sure place of theirs.
 */
export function meanCertainty(options: {
  certainty: Certainty;
  ref: SeriesRef | undefined;
  window: Float64Array;
  context: MeasureContext | undefined;
}): Score {
  const { certainty, ref, window, context } = options;
  if (ref === undefined) return NO_REFERENCE;
  if (ref.kind !== "bins") return NOT_NUMBERS;
  const n = countOfBins(ref, window, context?.shared);
  if (n === 0) return noData("no scores");
  if (ref.total === 0) return NO_REFERENCE;
  const { minimum, maximum } = ref.grid;
  if (!(minimum >= 0 && maximum <= 1))
    return { status: "undefined", reason: "the score is no probability", n };
  const places = placesOf(ref.grid, certainty);
  const value = sumOver(ref, window, places.middle) / n;
  const reference = sumOver(ref, ref.counts, places.middle) / ref.total;
  return scored(
    {
      value,
      effect: Math.abs(value - reference),
      n,
      lower: sumOver(ref, window, places.least) / n,
      upper: sumOver(ref, window, places.most) / n,
      extras: { reference },
    },
    "values",
  );
}

/** Of each bin: the certainty at its middle, and the least and the most within it. */
interface Places {
  readonly middle: Float64Array;
  readonly least: Float64Array;
  readonly most: Float64Array;
}

/** A grid never changes. */
const placesByGrid = new WeakMap<Grid, Map<Certainty, Places>>();

function placesOf(grid: Grid, certainty: Certainty): Places {
  const byCertainty = placesByGrid.get(grid) ?? new Map<Certainty, Places>();
  placesByGrid.set(grid, byCertainty);
  const places = byCertainty.get(certainty) ?? computePlaces(grid, certainty);
  byCertainty.set(certainty, places);
  return places;
}

/** The outer bins reach to 0 and to 1: a window may hold what the reference did not. */
function computePlaces(grid: Grid, certainty: Certainty): Places {
  const spans = scoreSpans(grid);
  const extremes = spans.map(({ bin, from, to }) => {
    const lower = bin === 0 ? 0 : from;
    const upper = bin === spans.length - 1 ? 1 : to;
    return [lower, upper, ...(lower < 0.5 && upper > 0.5 ? [0.5] : [])].map(certainty);
  });
  return {
    middle: Float64Array.from(spans, ({ from, to }) => certainty(from + (to - from) / 2)),
    least: Float64Array.from(extremes, (ends) => Math.min(...ends)),
    most: Float64Array.from(extremes, (ends) => Math.max(...ends)),
  };
}

/** The sum over the section's values, each at its bin's place. */
function sumOver({ grid }: BinsRef, section: Float64Array, place: Float64Array): number {
  let sum = 0;
  for (let bin = 0; bin <= grid.edges.length; bin += 1) sum += section[bin] * place[bin];
  return sum;
}
