import { sumOf } from "../counts/vector.ts";
import { OUTCOMES } from "../counts/outcomes.ts";
import { bandsOfSection } from "./band-sums.ts";
import type { BandSums } from "./band-sums.ts";

/**
 * How far labels lie from their scores, y - p, asked in E + 2 ways (SIGNIFICANCE 6): in each band of the score, over all of
 * them, and as a slope, (y - p)(p - mean) / sd, which says whether high scores err to one side and low ones to the other.
 * The mean and the standard deviation are the reference's scores'. Entries: the bands, then `overall`, then `slope`.
 */
export interface Residuals {
  readonly n: Float64Array;
  /** Sums, so that those of two sets of labels add up. */
  readonly sum: Float64Array;
}

/** What the reference fixes. */
export interface ResidualRuler {
  readonly bands: BandSums;
  readonly residuals: Residuals;
  /** Of the scores; the standard deviation is 0 where all are the same, and then there is no slope. */
  readonly mean: number;
  readonly deviation: number;
  /** sigma^2 of one label's residual, by entry: the mean of its square. */
  readonly squares: Float64Array;
}

/** `section` is the reference's, of the `outcomes` kind with bands. */
export function prepareResiduals(section: Float64Array): ResidualRuler {
  const bands = bandsOfSection(section);
  const n = sumOf(bands.n);
  const probability = sumOf(bands.probability);
  const mean = n === 0 ? 0 : probability / n;
  // The mean square of p is that of p less that of p (1 - p).
  const spread = n === 0 ? 0 : (probability - sumOf(bands.variance)) / n - mean * mean;
  const deviation = spread > LEAST_SPREAD ? Math.sqrt(spread) : 0;
  const squares = new Float64Array(bands.size + 2);
  for (let band = 0; band < bands.size; band += 1) squares[band] = bands.squaredError[band] / bands.n[band];
  squares[bands.size] = sumOf(bands.squaredError) / n;
  squares[bands.size + 1] = slopeSquare(section, { n, mean, deviation });
  const ruler = { bands, mean, deviation, squares };
  return { ...ruler, residuals: residualsOf(ruler, bands) };
}

/** Below it the fixed-point sums do not tell a spread from none. */
const LEAST_SPREAD = 1e-7;

export function residualsOf(
  { mean, deviation }: Pick<ResidualRuler, "mean" | "deviation">,
  bands: BandSums,
): Residuals {
  const { size } = bands;
  const n = new Float64Array(size + 2);
  const sum = new Float64Array(size + 2);
  let labels = 0;
  let overall = 0;
  let weighted = 0;
  for (let band = 0; band < size; band += 1) {
    const residual = bands.positives[band] - bands.probability[band];
    n[band] = bands.n[band];
    sum[band] = residual;
    labels += n[band];
    overall += residual;
    // Sum of (y - p) p, from y^2 = y.
    weighted += (residual - bands.squaredError[band] + bands.variance[band]) / 2;
  }
  n[size] = labels;
  sum[size] = overall;
  n[size + 1] = deviation === 0 ? 0 : labels;
  sum[size + 1] = deviation === 0 ? 0 : (weighted - mean * overall) / deviation;
  return { n, sum };
}

/** The mean of (y - p)^2 (p - mean)^2 / sd^2, from the equal-width bins, within which p hardly differs. */
function slopeSquare(
  section: Float64Array,
  { n, mean, deviation }: { n: number; mean: number; deviation: number },
): number {
  const { perBin, scale, bins } = OUTCOMES;
  if (deviation === 0) return 0;
  let sum = 0;
  for (let bin = 0; bin < bins; bin += 1) {
    const at = bin * perBin.length;
    if (section[at + perBin.n] === 0) continue;
    const p = section[at + perBin.probability] / scale / section[at + perBin.n];
    sum += (section[at + perBin.squaredError] / scale) * (p - mean) ** 2;
  }
  return sum / (n * deviation ** 2);
}

/** Skewness of a window's slope by chance alone, if its scores are right: that of a sum of (y - p)(p - mean). */
export function slopeSkewness(section: Float64Array, { mean }: Pick<ResidualRuler, "mean">): number {
  const { perBin, scale, bins } = OUTCOMES;
  let second = 0;
  let third = 0;
  for (let bin = 0; bin < bins; bin += 1) {
    const at = bin * perBin.length;
    if (section[at + perBin.n] === 0) continue;
    const p = section[at + perBin.probability] / scale / section[at + perBin.n];
    const variance = section[at + perBin.variance] / scale;
    second += variance * (p - mean) ** 2;
    third += variance * (1 - 2 * p) * (p - mean) ** 3;
  }
  return second > 0 ? third / second ** 1.5 : 0;
}
