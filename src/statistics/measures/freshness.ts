import { ARRIVALS } from "../../counts/tails.ts";
import { noData } from "../measure.ts";
import type { Measure } from "../measure.ts";

export const freshness: Measure = {
  name: "freshness",
  title: "Age of the newest event",
  from: ["arrivals"],
  byClock: true,
  signal: "policy",
  unit: "seconds",
  defaultAbove: 300,
  shownByDefault: true,
  formula: "wall clock less the newest event time, in seconds, not below 0.",
  calm: "the time between events, and what the way here takes",
  source: "A plain age.",
  score(_ref, window, context) {
    const { newestEvent, now } = context ?? {};
    if (newestEvent === undefined || now === undefined || Number.isNaN(now - newestEvent)) {
      return noData("no event yet");
    }
    const value = Math.max(0, (now - newestEvent) / 1000);
    return { status: "ok", value, effect: value, n: window[ARRIVALS.measured], trust: "policy" };
  },
};
