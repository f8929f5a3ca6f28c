import { ARRIVALS } from "../../counts/tails.ts";
import { noData } from "../measure.ts";
import type { Measure } from "../measure.ts";
import { wilsonInterval } from "../wilson.ts";

export const invalid: Measure = {
  name: "invalid",
  title: "Share of faulty rows",
  from: ["arrivals"],
  signal: "policy",
  unit: "ratio",
  defaultAbove: 0.01,
  shownByDefault: true,
  formula:
    "(rows with a faulty cell + rows dropped as invalid + undecodable records) / (rows measured + dropped as invalid + undecodable records).",
  calm: "0 on a sound stream",
  source: "A plain share, with Wilson's 95% interval (1927).",
  score(_ref, window) {
    const bad = window[ARRIVALS.faulty] + window[ARRIVALS.invalid] + window[ARRIVALS.undecodable];
    const n = window[ARRIVALS.measured] + window[ARRIVALS.invalid] + window[ARRIVALS.undecodable];
    if (n === 0) return noData("no rows");
    const value = bad / n;
    return { status: "ok", value, effect: value, n, ...wilsonInterval(bad, n), trust: "policy" };
  },
};
