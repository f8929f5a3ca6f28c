import { shareOf } from "../share.ts";
import type { Measure } from "../measure.ts";

export const novel: Measure = {
  name: "novel",
  title: "Share of values the reference hardly knew",
  from: ["bins", "categories"],
  signal: "novel",
  unit: "ratio",
  nature: "share",
  defaultAtLeast: 0.01,
  shownByDefault: true,
  formula:
    "values outside the reference's .001 and .999 quantiles, or categories that it never saw, over all values. The effect is how far the share exceeds the reference's; lower and upper are Wilson's 95% interval.",
  calm: "the reference's share, counted on its last fifth: about 0.002 for numbers",
  source: "Wilson, Probable inference (1927).",
  score(ref, window, context) {
    return shareOf({ ref, signal: "novel", window, context, effect: (change) => Math.max(0, change) });
  },
};
