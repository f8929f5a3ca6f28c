import type { PublishConfig, ReportConfig } from "../config/config.ts";
import type { Tick } from "../config/tick.ts";
import { isTooLarge } from "./quarantine-topic.ts";
import type { Send } from "./quarantine-topic.ts";
import type { ReportMessage } from "./report-message.ts";
import { postMessage } from "./webhook-request.ts";

/** Takes reports; what it rejects is delivered again. */
export interface ReportSink {
  /** Undefined where it was taken; why not, where it never will be. */
  deliver(message: ReportMessage, tick: Tick): Promise<string | undefined>;
  close(): Promise<void>;
}

/** The webhook or the topic of a report, in the same way as alerts go there; undefined where it goes to a file. */
export function createReportSink(
  { webhook, topic }: Pick<ReportConfig, "webhook" | "topic">,
  { publish, send }: { readonly publish: Pick<PublishConfig, "webhook" | "topic">; readonly send?: Send },
): ReportSink | undefined {
  if (webhook !== undefined) {
    const config = publish.webhook?.[webhook];
    if (config === undefined) throw new Error(`there is no webhook ${webhook}`);
    const closing = new AbortController();
    return {
      async deliver(message, tick) {
        const refusal = await postMessage(message, { config, tick, signal: closing.signal });
        return refusal && `${refusal.status} ${refusal.text}`;
      },
      close() {
        closing.abort();
        return Promise.resolve();
      },
    };
  }
  if (topic === undefined) return undefined;
  const config = publish.topic?.[topic];
  if (config === undefined || send === undefined) throw new Error(`nothing sends to a topic ${topic}`);
  // Whoever handed over `send` closes it.
  return { deliver: (message) => sendTo(config.topic, message, send), close: () => Promise.resolve() };
}

async function sendTo(
  topic: string,
  { report, id, body }: ReportMessage,
  send: Send,
): Promise<string | undefined> {
  const headers = { "content-type": "application/json", "idempotency-key": id, report };
  try {
    await send(topic, [{ key: report, value: body, headers }]);
    return undefined;
  } catch (error) {
    if (!isTooLarge(error)) throw error;
    return `the topic ${topic} takes no message of its length`;
  }
}
