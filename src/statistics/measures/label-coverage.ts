import { DELAYS, labelledIn } from "../../counts/label-delays.ts";
import { noData, scored } from "../measure.ts";
import type { Measure } from "../measure.ts";
import { wilsonInterval } from "../wilson.ts";

export const labelCoverage: Measure = {
  name: "label-coverage",
  title: "Share of predictions with a label",
  from: ["delays"],
  signal: "policy",
  unit: "ratio",
  nature: "share",
  shownByDefault: true,
  formula:
    "predictions of the cohort that have a label / all of them. lower and upper are Wilson's 95% interval; extras.reference is the share in the reference.",
  calm: "the reference's own",
  source: "Wilson, Probable inference (1927).",
  score(_ref, window, context) {
    const n = window[DELAYS.predicted];
    if (n === 0) return noData("no predictions");
    const labelled = labelledIn(window);
    const value = labelled / n;
    const reference = context?.coverage;
    const extras = { labelled, ...(reference === undefined ? {} : { reference }) };
    return scored(
      { value, effect: value, n, trust: "policy", ...wilsonInterval(labelled, n), extras },
      "values",
    );
  },
};
