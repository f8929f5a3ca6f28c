import type { ModelReport, ReportedAlert } from "../publish/report.ts";
import type { Alert } from "../verdict/alert.ts";

/** More alerts of one model are no news one by one. */
const MOST_ALERTS = 100;

/** Those of the alerts that fired at some time since then (ms), the ones that still fire first, each group newest first. */
export function reportAlerts(
  alerts: readonly Alert[],
  since: number,
): Pick<ModelReport, "alerts" | "alertsLeftOut"> {
  const told = alerts
    .filter(({ endsAt }) => endsAt === undefined || Date.parse(endsAt) >= since)
    .toSorted(
      (left, right) =>
        Number(right.state === "firing") - Number(left.state === "firing") ||
        Date.parse(right.startsAt) - Date.parse(left.startsAt),
    );
  return {
    alerts: told.slice(0, MOST_ALERTS).map(shorten),
    alertsLeftOut: Math.max(0, told.length - MOST_ALERTS),
  };
}

function shorten(alert: Alert): ReportedAlert {
  const { version, segment, column, endsAt, judgements } = alert;
  return {
    id: alert.id,
    alert: alert.alert,
    state: alert.state,
    ...(version !== undefined && { version }),
    ...(segment !== undefined && { segment }),
    ...(column !== undefined && { column }),
    measure: alert.measure,
    score: alert.score,
    threshold: alert.threshold,
    severity: alert.severity,
    startsAt: alert.startsAt,
    ...(endsAt !== undefined && { endsAt }),
    explanation: alert.explanation,
    ...(judgements !== undefined && { judgements }),
  };
}
