import { MINUTE } from "../config/quantity.ts";
import type { PublishConfig } from "../config/config.ts";
import type { Tick } from "../config/tick.ts";
import type { Log } from "../runtime/log.ts";
import type { Alert } from "../verdict/alert.ts";
import { identity, toPostable } from "./alertmanager-payload.ts";
import type { PostableAlert } from "./alertmanager-payload.ts";
import type { Sink } from "./sink.ts";

export interface AlertmanagerOptions {
  readonly config: NonNullable<PublishConfig["alertmanager"]>;
  readonly log: Log;
}

/** As many as Prometheus sends at once. */
const BATCH = 64;
/** A resolved alert is said again for so long, for the Alertmanager that was away. */
const RESOLVED_FOR = 5 * MINUTE;

/**
 * Pushes to every Alertmanager (they settle duplicates among themselves; never a load balancer). Accepted means that one
 * of them took it; the others hear of it when it is sent again. An alert that all who answered refuse (400) is logged
 * and given up: sending it again would not make it better.
 */
export function createAlertmanagerSink({ config, log }: AlertmanagerOptions): Sink {
  /** By identity, not by id: an alert that fires anew must not be ended by the resolved one before it. */
  const sent = new Map<string, { readonly alert: Alert; readonly since: number; at: number }>();
  const closing = new AbortController();

  const send = async (alerts: readonly Alert[], tick: Tick): Promise<number> => {
    let refused = 0;
    for (let from = 0; from < alerts.length; from += BATCH) {
      const batch = alerts.slice(from, from + BATCH);
      const payload = batch.map((alert) => toPostable(alert, tick, config.resend));
      refused += await postToAll({ config, payload, log, signal: closing.signal });
      for (const alert of batch) {
        const key = identityKey(alert);
        const known = sent.get(key);
        const since = known?.alert.state === alert.state ? known.since : tick.now;
        sent.set(key, { alert, since, at: tick.now });
      }
    }
    return refused;
  };

  return {
    name: "alertmanager",
    live: true,
    deliver: send,
    async refresh(firing, tick) {
      const firingKeys = new Set(firing.map(identityKey));
      for (const [key, { alert, since }] of sent) {
        const over = alert.state === "firing" ? !firingKeys.has(key) : tick.now - since > RESOLVED_FOR;
        if (over) sent.delete(key);
      }
      const resolved = Array.from(sent, ([key, { alert }]) => ({ key, alert })).filter(
        ({ key, alert }) => alert.state === "resolved" && !firingKeys.has(key),
      );
      const due = [...firing, ...resolved.map(({ alert }) => alert)].filter((alert) => {
        const last = sent.get(identityKey(alert));
        return last === undefined || last.alert.state !== alert.state || tick.now - last.at >= config.resend;
      });
      await send(due, tick);
    },
    close() {
      closing.abort();
      return Promise.resolve();
    },
  };
}

function identityKey(alert: Alert): string {
  return JSON.stringify(identity(alert));
}

interface Post {
  readonly config: AlertmanagerOptions["config"];
  readonly payload: readonly PostableAlert[];
  readonly log: Log;
  readonly signal: AbortSignal;
}

/** Answers how many no Alertmanager took that answered. */
async function postToAll({ config, payload, log, signal }: Post): Promise<number> {
  const outcomes = await Promise.allSettled(
    config.urls.map((url) => postTo({ url, timeout: config.timeout, payload, log, signal })),
  );
  const failures: unknown[] = outcomes.flatMap((outcome) =>
    outcome.status === "rejected" ? [outcome.reason] : [],
  );
  if (failures.length === outcomes.length)
    throw new AggregateError(failures, "No Alertmanager took the alerts.");
  for (const err of failures) log.warn({ err }, "an Alertmanager did not take the alerts; another one did");
  return Math.min(...outcomes.flatMap((outcome) => (outcome.status === "fulfilled" ? [outcome.value] : [])));
}

interface PostTo extends Omit<Post, "config"> {
  readonly url: string;
  readonly timeout: number;
}

/** One bad alert makes Alertmanager refuse its whole batch; halving finds it and lets the others through. Answers how many it refused. */
async function postTo(post: PostTo): Promise<number> {
  const { url, payload, log } = post;
  const refusal = await request(post);
  if (refusal === undefined) return 0;
  if (payload.length === 1) {
    log.error({ alertmanager: new URL(url).host, labels: payload[0]?.labels, refusal }, "alert refused");
    return 1;
  }
  const half = Math.ceil(payload.length / 2);
  const first = await postTo({ ...post, payload: payload.slice(0, half) });
  return first + (await postTo({ ...post, payload: payload.slice(half) }));
}

/** `url` ends without a slash, as the configuration has it. Undefined when taken, the answer's text when refused for good; rejects when it is worth another try. */
async function request({ url, timeout, payload, signal }: PostTo): Promise<string | undefined> {
  const response = await fetch(`${url}/api/v2/alerts`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(payload),
    signal: AbortSignal.any([signal, AbortSignal.timeout(timeout)]),
  }).catch((cause: unknown) => {
    throw new Error(`Alertmanager ${new URL(url).host} cannot be reached.`, { cause });
  });
  const text = await response.text();
  if (response.ok) return undefined;
  if (response.status === 400 || response.status === 422) return text.slice(0, 500);
  throw new Error(`Alertmanager ${new URL(url).host} answered ${response.status}: ${text.slice(0, 200)}`);
}
