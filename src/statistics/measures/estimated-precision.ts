import { ESTIMATE_SOURCE, ESTIMATE_TERMS, estimateFrom } from "../estimate.ts";
import { expectPrecision } from "../expected-outcomes.ts";
import type { Measure } from "../measure.ts";

export const estimatedPrecision: Measure = {
  name: "estimated-precision",
  title: "Estimated precision, without labels",
  from: ["bins"],
  only: ["prediction.score"],
  signal: "policy",
  unit: "ratio",
  nature: "estimate",
  shownByDefault: false,
  formula: `mean of c over the decisions for class 1; c is the recalibrated probability of class 1. ${ESTIMATE_TERMS}`,
  calm: "about extras.reference",
  source: ESTIMATE_SOURCE,
  score(ref, window, context) {
    return estimateFrom({ estimator: expectPrecision, cases: "decisions for class 1", ref, window, context });
  },
};
