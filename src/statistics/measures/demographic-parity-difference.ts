import { CONTRAST_TERMS, contrastGroups, DIFFERENCE } from "../fairness.ts";
import type { Measure } from "../measure.ts";

const RATES = ["selectionRate"] as const;

export const demographicParityDifference: Measure = {
  name: "demographic-parity-difference",
  title: "Largest difference of selection rates between groups",
  from: ["arrivals"],
  across: RATES,
  signal: "policy",
  unit: "ratio",
  shownByDefault: false,
  formula: `decisions for class 1 over decisions, of each group; the value is the largest less the smallest. Without decisions, a score at or above the reference's threshold is one for class 1. ${CONTRAST_TERMS}`,
  calm: "0 where groups are treated alike; with few rows more, by chance",
  source: "Agarwal et al., A reductions approach to fair classification (2018); as fairlearn counts it.",
  score(_ref, _window, context) {
    return contrastGroups(context?.groups, { contrast: DIFFERENCE, rates: RATES });
  },
};
