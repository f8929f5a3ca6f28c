import { bandsOfSection } from "../band-sums.ts";
import { calibrationError } from "../calibration-error.ts";
import type { Measure } from "../measure.ts";

export const eceMass: Measure = {
  name: "ece-mass",
  title: "Expected calibration error, equal mass",
  from: ["outcomes", "top-label"],
  signal: "policy",
  unit: "ratio",
  shownByDefault: false,
  formula:
    "as ece, over the bands between the deciles of the reference's scores, which hold a tenth of the reference each. extras.nullMean is what a perfectly calibrated model would show.",
  calm: "about extras.nullMean, for a model whose probabilities are right",
  source: "Nixon et al., Measuring calibration in deep learning (2019), with the reference's deciles.",
  score: (_ref, window) => calibrationError(bandsOfSection(window)),
};
