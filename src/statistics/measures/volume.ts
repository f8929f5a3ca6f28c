import { countArrived } from "../../counts/arrivals.ts";
import { LEAST_VALUES } from "../measure.ts";
import type { Measure } from "../measure.ts";

export const volume: Measure = {
  name: "volume",
  title: "Rows against the usual number",
  from: ["arrivals"],
  signal: "policy",
  unit: "ratio",
  defaultBelow: 0.5,
  defaultAbove: 2,
  shownByDefault: true,
  formula:
    "rows that came, good or bad, over the median of the same hours of the week in the reference (else of the same hours of the day). 0 says that nothing came.",
  calm: "about 1",
  source: "A plain ratio to the median of the same hours.",
  score(_ref, window, context) {
    const n = countArrived(window);
    const expected = context?.expectedRows;
    if (expected === undefined || Number.isNaN(expected)) {
      return { status: "no-reference", reason: "too few weeks to know the usual number", n };
    }
    if (expected < LEAST_VALUES) {
      return {
        status: "too-few",
        reason: `fewer than ${LEAST_VALUES} rows expected`,
        n,
        extras: { expected },
      };
    }
    const value = n / expected;
    return { status: "ok", value, effect: value, n, trust: "policy", extras: { expected } };
  },
};
