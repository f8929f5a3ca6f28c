import { noData, scored } from "./measure.ts";
import type { Reliability } from "./reliability.ts";
import type { Score } from "./score.ts";

/**
 * Expected calibration error of a reliability table: the mean of |sum p - sum y|, group by group. extras.nullMean is what a
 * model whose probabilities are right would show, that of a half-normal in every group.
 */
export function calibrationError({ n, positives, probability, variance }: Reliability): Score {
  let labels = 0;
  let gap = 0;
  let chance = 0;
  for (let group = 0; group < n.length; group += 1) {
    labels += n[group];
    gap += Math.abs(probability[group] - positives[group]);
    chance += Math.sqrt(variance[group]);
  }
  if (labels === 0) return noData("no labels with a score");
  const value = gap / labels;
  const extras = { nullMean: (Math.sqrt(2 / Math.PI) * chance) / labels };
  return scored({ value, effect: value, n: labels, trust: "policy", extras }, "labels");
}
