import { DELAYS, delayEnd, labelledIn } from "../../counts/label-delays.ts";
import { noData, scored } from "../measure.ts";
import type { Measure } from "../measure.ts";

export const labelDelay: Measure = {
  name: "label-delay",
  title: "Time within which 99% of the labels came",
  from: ["delays"],
  signal: "policy",
  unit: "seconds",
  nature: "level",
  isBounded: true,
  shownByDefault: true,
  formula:
    "the 99% quantile of (time of the label's record - time of the prediction), over the labels that came; known to 9%, lower and upper hold it. extras.median is the same of a half, extras.reference what the reference learnt.",
  calm: "the reference's own",
  source: "A quantile of a histogram, eight spans an octave.",
  score(_ref, window, context) {
    const n = labelledIn(window);
    if (n === 0) return noData("no labels");
    const last = slotOfQuantile(window, 0.99 * n);
    const value = delayEnd(last);
    const lower = last === DELAYS.spans ? 0 : delayEnd(last - 1);
    const reference = context?.delay99;
    const extras = {
      median: delayEnd(slotOfQuantile(window, 0.5 * n)),
      ...(reference === undefined ? {} : { reference }),
    };
    return scored({ value, effect: value, n, trust: "policy", lower, upper: value, extras }, "values");
  },
};

/** The first slot up to which there are at least `count` labels. */
function slotOfQuantile(section: Float64Array, count: number): number {
  let slot = DELAYS.spans;
  let below = section[slot];
  while (below < count && slot < DELAYS.length - 1) {
    slot += 1;
    below += section[slot];
  }
  return slot;
}
