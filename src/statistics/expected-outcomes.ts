import { placeOn, shareAt } from "./isotonic.ts";
import type { IsotonicMap } from "./isotonic.ts";

/** Predictions of about one score each, by rising score, and what is to be expected of their labels. */
export interface ScoreCells {
  /** The calibrated probability of class 1. */
  readonly probability: Float64Array;
  /** 1 where the model decides for class 1. */
  readonly decided: Uint8Array;
  readonly map: IsotonicMap;
  /** Cell -> where on the map it stands: `1 - fraction` of the way at `knot`, `fraction` at the next. */
  readonly knot: Int32Array;
  readonly fraction: Float64Array;
}

/** A number that labels would give, as their probabilities foretell it. */
interface Estimate {
  readonly value: number;
  /** How much the number moves if one more prediction of the cell turns out to be of class 1. */
  readonly slope: Float64Array;
  /** What the number is a share of, as expected: predictions, decisions for class 1, labels of class 1, pairs. */
  readonly of: number;
}

/** `weights` are the predictions in each cell. */
export type Estimator = (weights: Float64Array, cells: ScoreCells) => Estimate;

/** `scores` ascending, on a map with at least one knot. */
export function createCells(map: IsotonicMap, scores: Float64Array, decided: Uint8Array): ScoreCells {
  const places = Array.from(scores, (score) => placeOn(map, score));
  return {
    probability: Float64Array.from(places, (place) => shareAt(map, place)),
    decided,
    map,
    knot: Int32Array.from(places, ({ knot }) => knot),
    fraction: Float64Array.from(places, ({ fraction }) => fraction),
  };
}

/** Share of decisions that turn out right. */
export const expectAccuracy: Estimator = (weights, { probability, decided }) => {
  let n = 0;
  let right = 0;
  for (let cell = 0; cell < weights.length; cell += 1) {
    n += weights[cell];
    right += weights[cell] * (decided[cell] === 1 ? probability[cell] : 1 - probability[cell]);
  }
  return { value: right / n, slope: slopesOf(decided, { selected: 1 / n, other: -1 / n }), of: n };
};

/** Share of class 1 among the decisions for it. */
export const expectPrecision: Estimator = (weights, { probability, decided }) => {
  let selected = 0;
  let right = 0;
  for (let cell = 0; cell < weights.length; cell += 1) {
    if (decided[cell] === 0) continue;
    selected += weights[cell];
    right += weights[cell] * probability[cell];
  }
  return {
    value: right / selected,
    slope: slopesOf(decided, { selected: 1 / selected, other: 0 }),
    of: selected,
  };
};

/** Share of class 1 that is decided for. */
export const expectRecall: Estimator = (weights, { probability, decided }) => {
  let positives = 0;
  let found = 0;
  for (let cell = 0; cell < weights.length; cell += 1) {
    const expected = weights[cell] * probability[cell];
    positives += expected;
    if (decided[cell] === 1) found += expected;
  }
  const value = found / positives;
  const slope = slopesOf(decided, { selected: (1 - value) / positives, other: -value / positives });
  return { value, slope, of: positives };
};

function slopesOf(decided: Uint8Array, of: { selected: number; other: number }): Float64Array {
  const slope = new Float64Array(decided.length);
  for (let cell = 0; cell < slope.length; cell += 1)
    slope[cell] = decided[cell] === 1 ? of.selected : of.other;
  return slope;
}

/** Share of pairs of one prediction of each class in which that of class 1 has the higher score; within a cell, half. */
export const expectAuc: Estimator = (weights, { probability }) => {
  let positives = 0;
  let negatives = 0;
  for (let cell = 0; cell < weights.length; cell += 1) {
    positives += weights[cell] * probability[cell];
    negatives += weights[cell] * (1 - probability[cell]);
  }
  const pairs = positives * negatives;
  const slope = new Float64Array(weights.length);
  let won = 0;
  let positivesBelow = 0;
  let negativesBelow = 0;
  for (let cell = 0; cell < weights.length; cell += 1) {
    const ones = weights[cell] * probability[cell];
    const zeros = weights[cell] - ones;
    const beaten = negativesBelow + zeros / 2;
    const beating = positives - positivesBelow - ones / 2;
    won += ones * beaten;
    slope[cell] = (beaten - beating) / pairs;
    positivesBelow += ones;
    negativesBelow += zeros;
  }
  const value = won / pairs;
  // One more of class 1 also adds pairs, and takes others away.
  const shift = value * (1 / positives - 1 / negatives);
  for (let cell = 0; cell < slope.length; cell += 1) slope[cell] -= shift;
  return { value, slope, of: pairs };
};

/**
 * Standard deviation of the number that the labels give, around the estimate: chance in each label, given its probability,
 * and the sampling error of the map. By linear approximation in the slopes; shares of different blocks of the map are
 * independent, and rows as if they were.
 */
export function spreadOfEstimate(weights: Float64Array, cells: ScoreCells, slope: Float64Array): number {
  const { probability, map, knot, fraction } = cells;
  const ofBlock = new Float64Array(map.variances.length);
  let variance = 0;
  for (let cell = 0; cell < weights.length; cell += 1) {
    const weight = weights[cell];
    if (weight === 0) continue;
    const p = probability[cell];
    variance += weight * p * (1 - p) * slope[cell] ** 2;
    const pull = weight * slope[cell];
    ofBlock[map.blockOf[knot[cell]]] += pull * (1 - fraction[cell]);
    if (fraction[cell] > 0) ofBlock[map.blockOf[knot[cell] + 1]] += pull * fraction[cell];
  }
  for (let block = 0; block < ofBlock.length; block += 1) {
    variance += ofBlock[block] ** 2 * map.variances[block];
  }
  return Math.sqrt(variance);
}
