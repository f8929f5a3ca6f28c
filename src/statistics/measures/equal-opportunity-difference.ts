import { CONTRAST_TERMS, contrastGroups, DIFFERENCE } from "../fairness.ts";
import type { Measure } from "../measure.ts";

const RATES = ["truePositiveRate"] as const;

export const equalOpportunityDifference: Measure = {
  name: "equal-opportunity-difference",
  title: "Largest difference of true positive rates between groups",
  from: ["outcomes"],
  across: RATES,
  signal: "policy",
  unit: "ratio",
  shownByDefault: false,
  formula: `decisions for class 1 over labels of class 1, of each group; the value is the largest less the smallest. ${CONTRAST_TERMS}`,
  calm: "0 where groups are treated alike; with few labels more, by chance",
  source: "Hardt, Price and Srebro, Equality of opportunity in supervised learning (2016).",
  score(_ref, _window, context) {
    return contrastGroups(context?.groups, { contrast: DIFFERENCE, rates: RATES });
  },
};
