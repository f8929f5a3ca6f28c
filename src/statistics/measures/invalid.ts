import { countArrived } from "../../counts/arrivals.ts";
import { ARRIVALS } from "../../counts/tails.ts";
import { LEAST_VALUES, noData } from "../measure.ts";
import type { Measure } from "../measure.ts";
import { wilsonInterval } from "../wilson.ts";

/** Faulty rows that are news in a window of fewer than LEAST_VALUES. */
const LEAST_BAD = 10;

export const invalid: Measure = {
  name: "invalid",
  title: "Share of faulty rows",
  from: ["arrivals"],
  signal: "policy",
  unit: "ratio",
  nature: "share",
  defaultAbove: 0.01,
  shownByDefault: true,
  formula:
    "(rows with a faulty cell + rows dropped as invalid + undecodable records) / (rows measured + dropped as invalid + undecodable records).",
  calm: "0 on a sound stream",
  source: "A plain share, with Wilson's 95% interval (1927).",
  score(_ref, window) {
    const bad = window[ARRIVALS.faulty] + window[ARRIVALS.invalid] + window[ARRIVALS.undecodable];
    const n = countArrived(window);
    if (n === 0) return noData("no rows");
    const value = bad / n;
    const score = { value, effect: value, n, ...wilsonInterval(bad, n), trust: "policy" } as const;
    // One bad record in an empty night is no broken schema; ten of them are, however few rows came.
    if (n >= LEAST_VALUES || bad >= LEAST_BAD || bad === 0) return { status: "ok", ...score };
    return {
      status: "too-few",
      reason: `fewer than ${LEAST_BAD} faulty of fewer than ${LEAST_VALUES}`,
      ...score,
    };
  },
};
