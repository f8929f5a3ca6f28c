import { OUTCOMES } from "../../counts/outcomes.ts";
import { noData, scored } from "../measure.ts";
import type { Measure } from "../measure.ts";

const GROUPS = 15;

export const ece: Measure = {
  name: "ece",
  title: "Expected calibration error",
  from: ["outcomes"],
  signal: "policy",
  unit: "ratio",
  formula:
    "sum of |sum p - sum y| over 15 equal-width groups of the score, over n. extras.nullMean = sqrt(2 / pi) sum of sqrt(sum p (1 - p)), over n: what a perfectly calibrated model would show.",
  source: "Naeini, Cooper, Hauskrecht (2015); the null mean is that of a half-normal in every group.",
  score(_ref, window) {
    const { perBin, scale } = OUTCOMES;
    const binsPerGroup = OUTCOMES.bins / GROUPS;
    let n = 0;
    let gap = 0;
    let chance = 0;
    for (let group = 0; group < GROUPS; group += 1) {
      let positives = 0;
      let probability = 0;
      let variance = 0;
      for (let bin = group * binsPerGroup; bin < (group + 1) * binsPerGroup; bin += 1) {
        const at = bin * perBin.length;
        n += window[at + perBin.n];
        positives += window[at + perBin.positives];
        probability += window[at + perBin.probability];
        variance += window[at + perBin.variance];
      }
      gap += Math.abs(probability / scale - positives);
      chance += Math.sqrt(variance / scale);
    }
    if (n === 0) return noData("no labels");
    const value = gap / n;
    const extras = { nullMean: (Math.sqrt(2 / Math.PI) * chance) / n };
    return scored({ value, effect: value, n, trust: "policy", extras }, "labels");
  },
};
