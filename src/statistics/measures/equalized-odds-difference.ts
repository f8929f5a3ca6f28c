import { CONTRAST_TERMS, contrastGroups, DIFFERENCE } from "../fairness.ts";
import type { Measure } from "../measure.ts";

const RATES = ["truePositiveRate", "falsePositiveRate"] as const;

export const equalizedOddsDifference: Measure = {
  name: "equalized-odds-difference",
  title: "Largest difference of true or false positive rates between groups",
  from: ["outcomes"],
  across: RATES,
  signal: "policy",
  unit: "ratio",
  shownByDefault: false,
  formula: `the larger of two spreads between groups: of decisions for class 1 over labels of class 1, and over all other labels. ${CONTRAST_TERMS}`,
  calm: "0 where groups are treated alike; with few labels more, by chance",
  source:
    "Hardt, Price and Srebro, Equality of opportunity in supervised learning (2016); as fairlearn counts it.",
  score(_ref, _window, context) {
    return contrastGroups(context?.groups, {
      contrast: DIFFERENCE,
      rates: RATES,
    });
  },
};
