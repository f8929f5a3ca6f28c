import { ESTIMATE_SOURCE, ESTIMATE_TERMS, estimateFrom } from "../estimate.ts";
import { expectAccuracy } from "../expected-outcomes.ts";
import type { Measure } from "../measure.ts";

export const estimatedAccuracy: Measure = {
  name: "estimated-accuracy",
  title: "Estimated accuracy, without labels",
  from: ["bins"],
  only: ["prediction.score"],
  signal: "policy",
  unit: "ratio",
  nature: "estimate",
  shownByDefault: false,
  formula: `mean of c where class 1 is decided for, and of 1 - c elsewhere; c is the recalibrated probability of class 1. ${ESTIMATE_TERMS}`,
  calm: "about extras.reference",
  source: ESTIMATE_SOURCE,
  score(ref, window, context) {
    return estimateFrom({ estimator: expectAccuracy, cases: "predictions", ref, window, context });
  },
};
