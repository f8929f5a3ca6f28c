import { shareOf } from "../share.ts";
import type { Measure } from "../measure.ts";

export const missing: Measure = {
  name: "missing",
  title: "Share of missing values",
  from: ["bins", "categories"],
  signal: "missing",
  unit: "ratio",
  nature: "share",
  defaultAtLeast: 0.01,
  shownByDefault: true,
  formula:
    "(null + NaN) / (null + NaN + values); faulty cells are not part of it. The effect is the distance from the reference's share; lower and upper are Wilson's 95% interval.",
  calm: "the reference's share",
  source: "Wilson, Probable inference (1927).",
  score(ref, window, context) {
    return shareOf({ ref, signal: "missing", window, context, effect: Math.abs });
  },
};
