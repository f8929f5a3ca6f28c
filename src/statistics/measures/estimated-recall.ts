import { ESTIMATE_SOURCE, ESTIMATE_TERMS, estimateFrom } from "../estimate.ts";
import { expectRecall } from "../expected-outcomes.ts";
import type { Measure } from "../measure.ts";

export const estimatedRecall: Measure = {
  name: "estimated-recall",
  title: "Estimated recall, without labels",
  from: ["bins"],
  only: ["prediction.score"],
  signal: "policy",
  unit: "ratio",
  nature: "estimate",
  shownByDefault: false,
  formula: `sum of c over the decisions for class 1, over the sum of c; c is the recalibrated probability of class 1. ${ESTIMATE_TERMS}`,
  calm: "about extras.reference",
  source: ESTIMATE_SOURCE,
  score(ref, window, context) {
    return estimateFrom({ estimator: expectRecall, cases: "labels of class 1", ref, window, context });
  },
};
