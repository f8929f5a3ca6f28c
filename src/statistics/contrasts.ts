import { sumOf } from "../counts/vector.ts";
import { bandsOfSection } from "./band-sums.ts";
import type { BandSums } from "./band-sums.ts";
import { likelihoodRatio, logitEase, logitRatio } from "./likelihood-ratio.ts";
import { residualsOf, slopeSkewness } from "./residuals.ts";
import type { ResidualRuler } from "./residuals.ts";

/** One way in which labels may follow their scores otherwise than in the reference. */
export interface Contrast {
  readonly kind: "band" | "overall" | "slope";
  /** The bands that it spans: from <= band < to. */
  readonly from: number;
  readonly to: number;
  /** Labels of the window and of the reference. */
  readonly m: number;
  readonly n: number;
  /** Mean residual y - p of the window less that of the reference; of the slope, per sd of the reference's scores. */
  readonly difference: number;
  /** Its square over sigma^2, the variance of one label's residual: chi-square(1) / (1/m + 1/n) under the null of chance. */
  readonly square: number;
  /** The same on the scale of log-odds; of the slope, which has none, the square itself. */
  readonly logitSquare: number;
  /** How much smaller than under the null the sampling error of the window's log-odds is (likelihood-ratio.ts). */
  readonly ease: number;
}

/** A band is asked about only where it could answer; else it is merged with its neighbour (SIGNIFICANCE 6). */
const LEAST_IN_BAND = 50;
const LEAST_VARIANCE = 10;

/** Why a window has no contrasts. */
export const TOO_SURE = "the scores foretell fewer than 10 labels of one kind";

/** All contrasts of a window; none where its scores foretell too few labels of either kind. Bands of few labels are merged. */
export function contrastsOf(ruler: ResidualRuler, section: Float64Array): Contrast[] {
  const bands = bandsOfSection(section);
  const { size } = ruler.bands;
  const residuals = residualsOf(ruler, bands);
  const groups = mergeBands(bands, ruler.bands);
  if (groups.length === 0) return [];
  const contrasts: Contrast[] = groups.map(([from, to]) => shareContrast({ ruler, bands, from, to }));
  // A single group of bands is the same question as all labels together.
  if (groups.length === 1) contrasts.pop();
  contrasts.push({ ...shareContrast({ ruler, bands, from: 0, to: size }), kind: "overall" });
  if (ruler.deviation === 0) return contrasts;
  const slope = size + 1;
  const m = residuals.n[slope];
  const n = ruler.residuals.n[slope];
  const difference = residuals.sum[slope] / m - ruler.residuals.sum[slope] / n;
  const plain = difference ** 2 / ruler.squares[slope];
  const skewness = Math.sign(difference) * slopeSkewness(section, ruler);
  const square = plain * tailShare(plain / (1 / m + 1 / n), skewness);
  const slopes = { m, n, difference, square, logitSquare: square, ease: 1 };
  return [...contrasts, { kind: "slope", from: 0, to: size, ...slopes }];
}

/**
 * How much of a squared root z^2 is left where the sum has skewness towards its side: the deviance of a Poisson count of the
 * same skewness, 2 mu ((1 + t) ln(1 + t) - t) with mu = 1 / skewness^2 and t = z skewness, over z^2. 1 to the other side.
 */
function tailShare(square: number, skewness: number): number {
  const t = Math.sqrt(square) * skewness;
  // The first term of the series; the difference of two near numbers would be noise.
  if (!(t > 1e-4)) return 1;
  return (2 * ((1 + t) * Math.log1p(t) - t)) / (t * t);
}

/** From the lowest band up, each group as small as it may be; what is left at the end joins the last group. */
function mergeBands(window: BandSums, reference: BandSums): [from: number, to: number][] {
  const groups: [number, number][] = [];
  let from = 0;
  for (let to = 1; to <= window.size; to += 1) {
    const isEnough = [window, reference].every(
      ({ n, variance }) => sumOf(n, from, to) >= LEAST_IN_BAND && sumOf(variance, from, to) >= LEAST_VARIANCE,
    );
    if (!isEnough) continue;
    groups.push([from, to]);
    from = to;
  }
  const last = groups.at(-1);
  if (last !== undefined) last[1] = window.size;
  return groups;
}

/**
 * Of the squared difference over sigma^2 and the likelihood ratio of a 2x2 table the lesser: where few labels are foretold
 * to be of one kind, their number has a long tail that the first knows nothing of.
 */
function shareContrast(asked: { ruler: ResidualRuler; bands: BandSums; from: number; to: number }): Contrast {
  const { ruler, bands, from, to } = asked;
  const reference = ruler.bands;
  const m = sumOf(bands.n, from, to);
  const n = sumOf(reference.n, from, to);
  const positives = sumOf(bands.positives, from, to);
  const probability = sumOf(bands.probability, from, to) / m;
  const usual = (sumOf(reference.positives, from, to) - sumOf(reference.probability, from, to)) / n;
  const sigma2 = sumOf(reference.squaredError, from, to) / n;
  const difference = positives / m - probability - usual;
  // The share that would have come true in the reference at the window's scores.
  const share = Math.min(1 - 0.5 / n, Math.max(0.5 / n, probability + usual));
  const spread = 1 / m + 1 / n;
  const scale = Math.max(1, (share * (1 - share)) / sigma2);
  const ratio = likelihoodRatio(share * n, n, positives, m) * spread * scale;
  const square = Math.min(difference ** 2 / sigma2, ratio);
  const logitSquare = logitRatio(share * n, n, positives, m) * spread * scale;
  const ease = logitEase(share * n, n, positives, m);
  return { kind: "band", from, to, m, n, difference, square, logitSquare, ease };
}
