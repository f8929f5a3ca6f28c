/*
 * `outcomes`, one per label: how the model's probabilities met the truth, in equal-width bins of the score. 120 bins, since
 * the reliability diagrams people quote (10, 15, 20 groups) are unions of them, and floor(8 (15 p) / 8) = floor(15 p) in
 * double arithmetic.
 *
 * Sums are integers in units of 2^-30, so every order of adding and taking back gives the same bits as long as no sum reaches
 * 2^23 = 8,388,608: no summand of a bin exceeds 1, so that is at least 8 million labels in one bin of one cohort, and far more
 * where scores or residuals are small. The log loss, summed over all bins, reaches it at 16 million labels that lose 0.5 each.
 * Beyond it sums are merely rounded, to 16 digits.
 */
const SCORE_BINS = 120;

/** Slots of one bin. Every sum is of values from 0 to 1. */
const PER_BIN = {
  n: 0,
  /** Labels whose truth is 1. */
  positives: 1,
  /** Labels where the decision is the truth. */
  correct: 2,
  /** Sum of p. */
  probability: 3,
  /** Sum of p (1 - p): the variance of the truth, and what nullMean rests on. */
  variance: 4,
  /** Sum of (p - y)^2. Less the sum of p (1 - p) this is Spiegelhalter's numerator, the sum of (y - p)(1 - 2p). */
  squaredError: 5,
  /** Sum of (1 - 2p)^2 p (1 - p): the variance of Spiegelhalter's numerator. */
  spiegelhalter: 6,
  length: 7,
} as const;

export const OUTCOMES = {
  bins: SCORE_BINS,
  /** The slot of field f of bin b is b * perBin.length + perBin[f]. */
  perBin: PER_BIN,
  /** Predictions made, labelled or not: the coverage is labels / predicted. */
  predicted: SCORE_BINS * PER_BIN.length,
  /** Labels without a probability to hold against a truth of 0 or 1. */
  unscored: SCORE_BINS * PER_BIN.length + 1,
  /** Of those, the ones with a decision, and with a right one. */
  decided: SCORE_BINS * PER_BIN.length + 2,
  decidedCorrect: SCORE_BINS * PER_BIN.length + 3,
  /** Class 1 against all others, of every label with a decision, scored or not. */
  truePositives: SCORE_BINS * PER_BIN.length + 4,
  falsePositives: SCORE_BINS * PER_BIN.length + 5,
  falseNegatives: SCORE_BINS * PER_BIN.length + 6,
  /** Sum of -ln of the probability that was given to the truth, of labels with a probability. */
  logLoss: SCORE_BINS * PER_BIN.length + 7,
  /** Of this part; the bands of the score follow (score-bands.ts). */
  length: SCORE_BINS * PER_BIN.length + 8,
  /** A stored sum divided by this is the sum. */
  scale: 2 ** 30,
} as const;

export interface Outcome {
  /** The probability of class 1; NaN where there was none. */
  readonly score: number;
  /** What arrived: 0 or 1, or the position of a class. */
  readonly truth: number;
  /** What the model had decided, coded as the truth; NaN = score >= 0.5. */
  readonly decision: number;
}

/** Counts one label in the section that begins at `offset`; sign -1 takes it back, when it is revised. */
export function addOutcome(section: Float64Array, offset: number, outcome: Outcome, sign: 1 | -1): void {
  const { score, truth, decision } = outcome;
  if (!isScored(outcome)) {
    addUnscored(section, offset, outcome, sign);
    return;
  }
  const bin = Math.min(SCORE_BINS - 1, Math.floor(score * SCORE_BINS));
  const at = offset + bin * PER_BIN.length;
  const decided = Number.isNaN(decision) ? Number(score >= 0.5) : decision;
  const variance = score * (1 - score);
  section[at + PER_BIN.n] += sign;
  section[at + PER_BIN.positives] += sign * truth;
  if (decided === truth) section[at + PER_BIN.correct] += sign;
  section[at + PER_BIN.probability] += sign * fixed(score);
  section[at + PER_BIN.variance] += sign * fixed(variance);
  section[at + PER_BIN.squaredError] += sign * fixed((score - truth) ** 2);
  section[at + PER_BIN.spiegelhalter] += sign * fixed((1 - 2 * score) ** 2 * variance);
  section[offset + OUTCOMES.logLoss] += sign * fixed(logLoss(score, truth));
  addDecision(section, offset, { decided, truth, sign });
}

/** Whether there is a probability to hold against a truth of 0 or 1. */
export function isScored({ score, truth }: Outcome): boolean {
  return score >= 0 && score <= 1 && (truth === 0 || truth === 1);
}

function addUnscored(section: Float64Array, offset: number, outcome: Outcome, sign: 1 | -1): void {
  section[offset + OUTCOMES.unscored] += sign;
  if (Number.isNaN(outcome.decision)) return;
  section[offset + OUTCOMES.decided] += sign;
  if (outcome.decision === outcome.truth) section[offset + OUTCOMES.decidedCorrect] += sign;
  addDecision(section, offset, { decided: outcome.decision, truth: outcome.truth, sign });
}

interface Decided {
  readonly decided: number;
  readonly truth: number;
  readonly sign: 1 | -1;
}

function addDecision(section: Float64Array, offset: number, { decided, truth, sign }: Decided): void {
  if (decided === 1) {
    section[offset + (truth === 1 ? OUTCOMES.truePositives : OUTCOMES.falsePositives)] += sign;
  } else if (truth === 1) {
    section[offset + OUTCOMES.falseNegatives] += sign;
  }
}

/** Clipped, since a single 0 that came true would make the mean infinite. */
function logLoss(score: number, truth: number): number {
  const p = Math.min(1 - 1e-15, Math.max(1e-15, score));
  return -Math.log(truth === 1 ? p : 1 - p);
}

/** In the integer unit of sums. */
export function fixed(value: number): number {
  return Math.round(value * OUTCOMES.scale);
}
