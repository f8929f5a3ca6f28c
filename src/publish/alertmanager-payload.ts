import type { Tick } from "../config/tick.ts";
import type { Alert, AlertJudgement } from "../verdict/alert.ts";
import { formatVersion } from "../verdict/quantities.ts";

/** An element of the array that `POST /api/v2/alerts` takes. */
export interface PostableAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly startsAt: string;
  readonly endsAt: string;
}

/** A firing alert is a lease: it ends by itself when nobody sends it again for this many intervals. */
const LEASE_INTERVALS = 4;

/**
 * Event time stands in startsAt and, once resolved, in endsAt; while firing, endsAt is the wall clock's.
 * https://github.com/prometheus/alertmanager/blob/main/docs/alerts_api.md
 */
export function toPostable(alert: Alert, tick: Tick, resend: number): PostableAlert {
  const lease = tick.now + LEASE_INTERVALS * resend;
  const resolved = Math.min(alert.endsAt === undefined ? tick.now : Date.parse(alert.endsAt), tick.now);
  const end = alert.state === "firing" ? lease : resolved;
  // Alertmanager refuses an end before the start, which event time ahead of the wall clock could give.
  const start = Math.min(Date.parse(alert.startsAt), end);
  return {
    labels: identity(alert),
    annotations: annotations(alert),
    startsAt: new Date(start).toISOString(),
    endsAt: new Date(end).toISOString(),
  };
}

/** The labels: which series it is, and nothing that changes while the alert lasts (no value, hash or replica). */
export function identity(alert: Alert): Record<string, string> {
  return present({
    ...alert.labels,
    alertname: alert.alert,
    model: alert.model,
    version: alert.version,
    segment: alert.segment,
    column: alert.column,
    severity: alert.severity,
  });
}

function annotations(alert: Alert): Record<string, string> {
  const { score } = alert;
  return present({
    summary: summary(alert),
    description: alert.explanation,
    measure: alert.measure,
    value: number(score.value),
    effect: score.effect === score.value ? undefined : number(score.effect),
    threshold: number(alert.threshold),
    samples: String(score.n),
    budget: score.trust,
    acknowledged: judgement(alert.judgements?.acknowledged),
    judgedFalse: judgement(alert.judgements?.false),
    action: alert.action,
    ...alert.annotations,
  });
}

/** Who said so, when, and why: a silence is Alertmanager's own to set. */
function judgement(said: AlertJudgement | undefined): string | undefined {
  if (said === undefined) return undefined;
  const { by, at, reason } = said;
  return [`by ${by} at ${at}`, ...(reason === undefined ? [] : [reason])].join(": ");
}

function summary({ alert, model, column, version = "", segment = "", reason }: Alert): string {
  const series = column === undefined ? model : `${model}/${column}`;
  const where = [formatVersion(version), segment].filter((part) => part !== "");
  return `${[alert, series, ...where].join(" ")}: ${reason}`;
}

function number(value: number | undefined): string | undefined {
  return value === undefined || !Number.isFinite(value) ? undefined : String(Number(value.toPrecision(4)));
}

function present(fields: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (value !== undefined && value !== "") kept[name] = value;
  }
  return kept;
}
