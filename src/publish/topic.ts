import type { TopicConfig } from "../config/config.ts";
import type { Log } from "../runtime/log.ts";
import type { Alert } from "../verdict/alert.ts";
import type { OutgoingMessage } from "./quarantine-entry.ts";
import { isTooLarge } from "./quarantine-topic.ts";
import type { Send } from "./quarantine-topic.ts";
import { idempotencyKey } from "./sink.ts";
import type { Sink } from "./sink.ts";

export interface TopicOptions {
  readonly name: string;
  readonly config: TopicConfig;
  readonly send: Send;
  readonly log: Log;
}

/** A message for each transition, as JSON (schemas/alert.json), keyed by the alert's id, so that its end comes after its beginning. */
export function createTopicSink({ name, config, send, log }: TopicOptions): Sink {
  const { topic, alerts: taken } = config;
  return {
    name: `topic ${name}`,
    live: true,
    // One that the topic takes for too long must not hold up the others.
    batch: 1,
    wants: ({ action }) => taken === "all" || action === name,
    async deliver(alerts) {
      try {
        await send(topic, alerts.map(toMessage));
        return 0;
      } catch (error) {
        if (!isTooLarge(error)) throw error;
        const ids = alerts.map(({ id }) => id);
        const told = { sink: `topic ${name}`, topic, ids };
        log.error(told, "alert refused: the topic takes no message of its length; it is not sent again");
        return alerts.length;
      }
    },
    // Whoever handed over `send` closes it.
    close: () => Promise.resolve(),
  };
}

function toMessage(alert: Alert): OutgoingMessage {
  const { id, state, model, action } = alert;
  return {
    key: id,
    value: JSON.stringify(alert),
    headers: {
      "content-type": "application/json",
      "idempotency-key": idempotencyKey(alert),
      alert: alert.alert,
      model,
      state,
      ...(action !== undefined && { action }),
    },
  };
}
