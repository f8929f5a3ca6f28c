import { bandCount } from "../../counts/score-bands.ts";
import { contrastsOf, TOO_SURE } from "../contrasts.ts";
import { NO_REFERENCE, noData, scored } from "../measure.ts";
import type { Measure } from "../measure.ts";
import { sumOutcomes } from "../outcome-sums.ts";
import { prepareResiduals } from "../residuals.ts";

/** SIGNIFICANCE 6: the change against the reference, which need not be perfect itself. */
export const calibrationGap: Measure = {
  name: "calibration-gap",
  title: "Change of calibration against the reference",
  from: ["outcomes", "top-label"],
  signal: "outcomes",
  unit: "ratio",
  defaultAtLeast: 0.02,
  shownByDefault: true,
  formula:
    "the largest |difference| of mean y - p, window less reference, over the bands of the score between the reference's deciles (merged until they hold 50 labels and a sum of p (1 - p) of 10), over all labels (extras.overall), and as a slope: the mean of (y - p)(p - mean) / sd, mean and sd being those of the reference's scores (extras.slope). " +
    "p holds each difference against sigma^2 deff (1/M + 1/N), sigma^2 the reference's mean (y - p)^2 there, deff that of its own cohorts, and is Bonferroni's over all of them.",
  calm: "about the largest of a dozen sampling errors, sqrt(sigma^2 / labels in a band) each",
  source:
    "Residuals against the reference's own: Hosmer and Lemeshow (1980) and Cox (1958), with the reference in the place of perfection.",
  score(_ref, window, context) {
    const { n } = sumOutcomes(window);
    if (n === 0) return noData("no labels with a score");
    const reference = context?.outcomes;
    if (reference === undefined || bandCount(reference) !== bandCount(window)) return NO_REFERENCE;
    const contrasts = contrastsOf(prepareResiduals(reference), window);
    if (contrasts.length === 0) {
      return { status: "too-few", reason: TOO_SURE, n };
    }
    const value = contrasts.reduce((most, { difference }) => Math.max(most, Math.abs(difference)), 0);
    const extras = Object.fromEntries(
      contrasts.flatMap(({ kind, difference }) => (kind === "band" ? [] : [[kind, difference]])),
    );
    return scored({ value, effect: value, n, extras }, "labels");
  },
};
