import type { WebhookConfig } from "../config/config.ts";
import type { Log } from "../runtime/log.ts";
import { idempotencyKey } from "./sink.ts";
import type { Sink } from "./sink.ts";
import { postMessage } from "./webhook-request.ts";

export interface WebhookOptions {
  readonly name: string;
  readonly config: WebhookConfig;
  readonly log: Log;
}

/** Posts each alert by itself, as JSON (schemas/alert.json). Any answer of 2xx means taken. */
export function createWebhookSink({ name, config, log }: WebhookOptions): Sink {
  const closing = new AbortController();
  return {
    name: `webhook ${name}`,
    live: true,
    // What was taken must not be sent again because the next one was not.
    batch: 1,
    wants: ({ action }) => config.alerts === "all" || action === name,
    async deliver(alerts, tick) {
      let refused = 0;
      for (const alert of alerts) {
        const message = { id: idempotencyKey(alert), body: JSON.stringify(alert) };
        const refusal = await postMessage(message, { config, tick, signal: closing.signal });
        if (refusal === undefined) continue;
        refused += 1;
        const { status, text } = refusal;
        const { id, state, model } = alert;
        const fields = { sink: `webhook ${name}`, id, alert: alert.alert, state, model, status };
        log.error({ ...fields, refusal: text }, "alert refused; it is not sent there again");
      }
      return refused;
    },
    close() {
      closing.abort();
      return Promise.resolve();
    },
  };
}
