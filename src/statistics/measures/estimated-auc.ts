import { ESTIMATE_SOURCE, ESTIMATE_TERMS, estimateFrom } from "../estimate.ts";
import { expectAuc } from "../expected-outcomes.ts";
import type { Measure } from "../measure.ts";

export const estimatedAuc: Measure = {
  name: "estimated-auc",
  title: "Estimated area under the ROC curve, without labels",
  from: ["bins"],
  only: ["prediction.score"],
  signal: "policy",
  unit: "ratio",
  nature: "estimate",
  shownByDefault: false,
  formula: `expected share of pairs of a label of class 1 and one of class 0 in which the first has the higher score, within a bin half: sum of c_i (1 - c_j) over pairs with score i above score j, over sum of c times sum of 1 - c; c is the recalibrated probability of class 1. ${ESTIMATE_TERMS}`,
  calm: "about extras.reference",
  source: ESTIMATE_SOURCE,
  score(ref, window, context) {
    return estimateFrom({ estimator: expectAuc, cases: "pairs of both classes", ref, window, context });
  },
};
