import { CONTRAST_TERMS, contrastGroups, RATIO } from "../fairness.ts";
import type { Measure } from "../measure.ts";

const RATES = ["selectionRate"] as const;

export const demographicParityRatio: Measure = {
  name: "demographic-parity-ratio",
  title: "Smallest selection rate over the largest",
  from: ["arrivals"],
  across: RATES,
  signal: "policy",
  unit: "none",
  shownByDefault: false,
  formula: `decisions for class 1 over decisions, of each group; the value is the smallest over the largest. Below 0.8 it breaks the four-fifths rule. Undefined where no group has a decision for class 1. ${CONTRAST_TERMS}`,
  calm: "1 where groups are treated alike; with few rows less, by chance",
  source: "Uniform Guidelines on Employee Selection Procedures (1978); as fairlearn counts it.",
  score(_ref, _window, context) {
    return contrastGroups(context?.groups, { contrast: RATIO, rates: RATES });
  },
};
