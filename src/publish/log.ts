import type { Log } from "../runtime/log.ts";
import type { Sink } from "./sink.ts";

/** One log line per transition: the explanation for people, the rest as fields for machines. */
export function createLogSink({ log }: { readonly log: Log }): Sink {
  return {
    name: "log",
    live: false,
    async deliver(alerts) {
      for (const alert of alerts) {
        const { id, state, model, version, segment, column, measure, score, threshold, severity } = alert;
        const series = { model, version, segment, column };
        const judged = {
          measure,
          value: score.value,
          effect: score.effect,
          n: score.n,
          trust: score.trust,
          threshold,
        };
        const times = { startsAt: alert.startsAt, endsAt: alert.endsAt };
        const line = {
          id,
          alert: alert.alert,
          state,
          reason: alert.reason,
          severity,
          ...series,
          ...judged,
          ...times,
        };
        if (state === "firing") log.warn(line, alert.explanation);
        else log.info(line, `Resolved: ${alert.explanation}`);
      }
      return 0;
    },
    close: () => Promise.resolve(),
  };
}
