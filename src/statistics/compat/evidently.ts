import type { BinsRef, CategoriesRef, SeriesRef } from "../../counts/ref.ts";
import { chi2Tail, normalTail } from "../distributions.ts";
import { ks } from "../measures/ks.ts";
import { countOfBins } from "../numeric-bins.ts";
import { countOutside, regroup } from "./binned-values.ts";
import { BOUNDED, NEW_VALUES, RANGE, SPREAD } from "./compat-score.ts";
import type { CompatScore } from "./compat-score.ts";
import {
  hellingerDistance,
  jensenShannonDistance,
  relativeEntropy,
  sharesOf,
  stabilityIndex,
} from "./distances.ts";
import { MOST_EXACT, twoSampleTail } from "./exact-ks.ts";
import { transportCost } from "./transport-cost.ts";
import { cellsOf, distinctOf, totalsOf } from "./value-cells.ts";
import type { ValueCells } from "./value-cells.ts";

/*
 * Evidently 0.7 (src/evidently/legacy/calculations/stattests): p tests drift at p <= .05, distances at >= .1. Infinite values
 * are missing there; here they lie in the outermost bins.
 */
const LEVEL = 0.05;
const LIMIT = 0.1;
/** Up to here a reference is judged by p. */
const SMALL_REFERENCE = 1_000;
const LONG = "the law of so many values is approximated, within .0001";
/** Numbers with more values than this are no categories: when a test is chosen, and when shares are made. */
const FEW_VALUES = 5;
const MOST_VALUES = 20;

/** What Evidently's drift preset chooses by itself; undefined where a side has no value: there it raises an error. */
export function evidentlyDefault(ref: SeriesRef, section: Float64Array): CompatScore | undefined {
  const cells = cellsOf(ref, section);
  const m = ref.kind === "bins" ? countOfBins(ref, section) : totalsOf(cellsOf(ref, section)).m;
  if (ref.total === 0 || m === 0) return undefined;
  const distinct = cells === undefined ? Infinity : distinctOf(cells);
  const isSmall = ref.total <= SMALL_REFERENCE;
  if (ref.kind === "bins" && (cells === undefined || distinct > FEW_VALUES)) {
    return isSmall ? kolmogorovSmirnov(ref, section) : wasserstein(ref, section);
  }
  if (cells === undefined) return undefined;
  if (!isSmall) return jensenShannon(ref, section);
  return distinct > 2 ? chiSquare(cells) : zTest(cells);
}

/** Two-sample Kolmogorov-Smirnov p. The certified bounds of the distance bound the p. */
export function kolmogorovSmirnov(ref: BinsRef, section: Float64Array): CompatScore {
  const { n: m, lower = 0, upper = 1 } = ks.score(ref, section);
  const value = twoSampleTail(lower, ref.total, m);
  const least = lower === upper ? value : twoSampleTail(upper, ref.total, m);
  const isDecided = value <= LEVEL === least <= LEVEL;
  const isExactLaw = Math.max(ref.total, m) <= MOST_EXACT;
  return {
    method: "K-S p_value",
    threshold: LEVEL,
    value,
    lower: least,
    upper: value,
    ...(isDecided ? { drifted: value <= LEVEL } : {}),
    isExact: lower === upper && isExactLaw,
    ...(lower === upper ? (isExactLaw ? {} : { reason: LONG }) : { reason: BOUNDED }),
  };
}

/** W1 over the reference's standard deviation, which is at least .001. */
export function wasserstein(ref: BinsRef, section: Float64Array): CompatScore {
  const { value, lower, upper, sd, ...told } = transportCost(ref, section);
  const unit = Math.max(sd, 0.001);
  const score = distance("Wasserstein distance (normed)", value / unit, told);
  if (told.isExact || lower === undefined || upper === undefined) return score;
  const { drifted, ...rest } = score;
  const isDecided = lower / unit >= LIMIT === upper / unit >= LIMIT;
  return { ...rest, lower: lower / unit, upper: upper / unit, ...(isDecided ? { drifted } : {}) };
}

/** The distance in nats. */
export function jensenShannon(ref: SeriesRef, section: Float64Array): CompatScore {
  const { reference, window, ...told } = evidentlyShares(ref, section);
  // What only the window holds adds its share, however many values it is.
  const isExact = told.isExact || told.reason === NEW_VALUES;
  return distance("Jensen-Shannon distance", jensenShannonDistance(reference, window), { ...told, isExact });
}

export function populationStability(ref: SeriesRef, section: Float64Array): CompatScore {
  const { reference, window, ...told } = evidentlyShares(ref, section);
  return distance("PSI", stabilityIndex(fillZeros(reference), fillZeros(window)), told);
}

export function kullbackLeibler(ref: SeriesRef, section: Float64Array): CompatScore {
  const { reference, window, ...told } = evidentlyShares(ref, section);
  return distance(
    "Kullback-Leibler divergence",
    relativeEntropy(fillZeros(reference), fillZeros(window)),
    told,
  );
}

/** Of categories; for numbers it bins by the distinct values, which counts do not tell. */
export function hellinger(ref: CategoriesRef, section: Float64Array): CompatScore {
  const { reference, window } = evidentlyShares(ref, section);
  return distance("Hellinger distance", hellingerDistance(reference, window), { isExact: true, reason: "" });
}

/** Goodness of fit against the scaled reference, which is taken as exact: one new category is p = 0. */
export function chiSquare(cells: ValueCells): CompatScore {
  const { reference, window, other } = cells;
  const { n, m } = totalsOf(cells);
  let statistic = 0;
  for (const [k, count] of reference.entries()) {
    const expected = (count * m) / n;
    statistic += (window[k] - expected) ** 2 / expected;
  }
  const degrees = reference.length - 1;
  return pValue("chi-square p_value", other > 0 ? 0 : degrees === 0 ? 1 : chi2Tail(statistic, degrees));
}

/** Two shares with their pooled variance. Both sides of a single value: p is 1 if it is the same one, else 0. */
export function zTest(cells: ValueCells): CompatScore {
  const [c] = cells.reference;
  const [d] = cells.window;
  const { n, m } = totalsOf(cells);
  const p = c / n;
  const q = d / m;
  const pooled = (c + d) / (n + m);
  const deviation = Math.sqrt(pooled * (1 - pooled) * (1 / n + 1 / m));
  const isOther = cells.reference.length === 1 && d === 0;
  if (isOther) return pValue("Z-test p_value", 0);
  return pValue("Z-test p_value", deviation === 0 ? 1 : 2 * normalTail(Math.abs(p - q) / deviation));
}

interface Shares {
  readonly reference: Float64Array;
  readonly window: Float64Array;
  readonly isExact: boolean;
  readonly reason: string;
}

/** By value, or in ceil(log2(N + M) + 1) bins of equal width over the range of both. */
function evidentlyShares(ref: SeriesRef, section: Float64Array): Shares {
  const cells = cellsOf(ref, section);
  const isByValue =
    ref.kind === "categories" || (cells !== undefined && cells.reference.length <= MOST_VALUES);
  if (cells !== undefined && isByValue) {
    const rest = cells.other > 0 ? [cells.other] : [];
    return {
      reference: sharesOf([...cells.reference, ...rest.map(() => 0)]),
      window: sharesOf([...cells.window, ...rest]),
      isExact: cells.other === 0,
      reason: NEW_VALUES,
    };
  }
  if (ref.kind === "categories") throw new RangeError("categories are always counted by value");
  const size = Math.ceil(Math.log2(ref.total + countOfBins(ref, section)) + 1);
  const reference = regroup(ref, ref.counts, size);
  const window = regroup(ref, section, size);
  const { below, above, isExact } = countOutside(ref, section);
  // Of the reference itself these are infinite values.
  const own = countOutside(ref, ref.counts);
  reference[0] += own.below;
  reference[size - 1] += own.above;
  window[0] += below;
  window[size - 1] += above;
  const isInside = isExact && below + above === 0;
  return {
    reference: sharesOf(reference),
    window: sharesOf(window),
    isExact: isInside && cells?.other === 0,
    reason: isInside ? SPREAD : RANGE,
  };
}

/** An empty share becomes .0001, or a millionth of the smallest where that is no larger; nothing is made to add up again. */
function fillZeros(shares: Float64Array): Float64Array {
  const least = shares.reduce((most, share) => (share > 0 && share < most ? share : most), Infinity);
  const fill = least <= 0.0001 ? least / 1e6 : 0.0001;
  return shares.map((share) => (share === 0 ? fill : share));
}

function distance(
  method: string,
  value: number,
  { isExact, reason }: { readonly isExact: boolean; readonly reason: string },
): CompatScore {
  const told = { method, threshold: LIMIT, value, drifted: value >= LIMIT, isExact };
  return isExact ? told : { ...told, reason };
}

function pValue(method: string, value: number): CompatScore {
  return { method, threshold: LEVEL, value, drifted: value <= LEVEL, isExact: true };
}
