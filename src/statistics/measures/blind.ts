import { noData } from "../measure.ts";
import type { Measure } from "../measure.ts";

export const blind: Measure = {
  name: "blind",
  title: "Time for which the monitor has not seen",
  from: ["arrivals"],
  byClock: true,
  signal: "policy",
  unit: "seconds",
  defaultAbove: 300,
  shownByDefault: true,
  formula:
    "seconds since the first of these was found, and has lasted: a source that cannot be read; of what came in the last ten minutes 90% undecodable, invalid as a whole, of unknown models, without their other half, or late, or 50% dated in the future; a lag that grows; no label while predictions go on. 0 where there is none. Every model has the rule Blind that asks for it, unless its rule file says { alert: Blind, off: true }.",
  calm: "0",
  source: "A plain age.",
  score(_ref, _window, context) {
    const { blindness, now } = context ?? {};
    if (blindness === undefined || now === undefined) return noData("nothing was looked at yet");
    const n = blindness.length;
    const value = n === 0 ? 0 : Math.max(0, ...blindness.map(({ since }) => (now - since) / 1000));
    const reason = blindness.map(({ text }) => text).join("; ");
    return { status: "ok", ...(n > 0 && { reason }), value, effect: value, n, trust: "policy" };
  },
};
