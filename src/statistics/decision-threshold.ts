import { OUTCOMES } from "../counts/outcomes.ts";

/** The score that most models decide at, and that a model without decisions is taken to decide at. */
export const USUAL_THRESHOLD = 0.5;
/** Labels whose decision may be another than the threshold's. */
const MOST_EXCEPTIONS = 0.01;

/**
 * The score from which on the model decides for class 1, as an `outcomes` section shows it: exact where it is 0.5 or
 * another edge of the section's bins, else interpolated within its bin by the number of decisions for class 1. Undefined
 * where more than 1% of the decisions are not those of a threshold.
 */
export function decisionThreshold(section: Float64Array): number | undefined {
  const { bins, perBin } = OUTCOMES;
  const half = bins * USUAL_THRESHOLD;
  const { labels, wrong } = misfits(section);
  let best = half;
  for (let edge = 0; edge <= bins; edge += 1) if (wrong[edge] < wrong[best]) best = edge;
  if (wrong[best] === 0) return best / bins;
  // Labels of the bin that the threshold lies in belong to both sides.
  const split = [best - 1, best].filter((bin) => bin >= 0 && bin < bins);
  const inSplit = Math.max(...split.map((bin) => section[bin * perBin.length + perBin.n]));
  if (wrong[best] > inSplit + MOST_EXCEPTIONS * labels) return undefined;
  return thresholdWithin(section, split) ?? best / bins;
}

/** For every edge of the bins: how many right decisions more or less there are than if it were the threshold. */
function misfits(section: Float64Array): { labels: number; wrong: Float64Array } {
  const { bins, perBin } = OUTCOMES;
  const wrong = new Float64Array(bins + 1);
  let labels = 0;
  for (let bin = 0; bin < bins; bin += 1) {
    const at = bin * perBin.length;
    const n = section[at + perBin.n];
    const positives = section[at + perBin.positives];
    const correct = section[at + perBin.correct];
    labels += n;
    wrong[0] += Math.abs(correct - positives);
    // Until all are summed: by how much this bin's misfit changes once the edge lies above it.
    wrong[bin + 1] = Math.abs(correct - (n - positives)) - Math.abs(correct - positives);
  }
  for (let edge = 1; edge <= bins; edge += 1) wrong[edge] += wrong[edge - 1];
  return { labels, wrong };
}

/** By the number of decisions for class 1; undefined where they are none of the scores', or do not end in these bins. */
function thresholdWithin(section: Float64Array, split: readonly number[]): number | undefined {
  const { bins, perBin } = OUTCOMES;
  if (section[OUTCOMES.decided] > 0) return undefined;
  let left = section[OUTCOMES.truePositives] + section[OUTCOMES.falsePositives];
  for (let bin = bins - 1; bin >= 0; bin -= 1) {
    const n = section[bin * perBin.length + perBin.n];
    if (left <= n && n > 0 && split.includes(bin)) return (bin + 1 - Math.max(0, left) / n) / bins;
    left -= n;
  }
  return undefined;
}
