import { createHash } from "node:crypto";
import type { ReviewSinkConfig } from "../config/config.ts";
import { createLineFile } from "./line-file.ts";
import type { Send } from "./quarantine-topic.ts";
import type { ReviewItem } from "./review-item.ts";

/** Takes events for review; what it rejects is delivered again. */
export interface ReviewSink {
  deliver(items: readonly ReviewItem[]): Promise<void>;
  close(): Promise<void>;
}

const TIMEOUT = 10_000;

/** @param send where a topic is asked for */
export function createReviewSink({ topic, file, url }: ReviewSinkConfig, send: Send | undefined): ReviewSink {
  if (file !== undefined) return createReviewFile(file);
  if (topic !== undefined && send !== undefined) return createReviewTopic(topic, send);
  if (url !== undefined) return createReviewWebhook(url);
  throw new Error("events for review go to a file, an address, or a topic that can be sent to");
}

function createReviewFile(file: string): ReviewSink {
  const lines = createLineFile({ file });
  return { deliver: (items) => lines.write(items.map((item) => JSON.stringify(item))), close: lines.close };
}

function createReviewTopic(topic: string, send: Send): ReviewSink {
  return {
    deliver: (items) =>
      send(
        topic,
        items.map((item) => ({
          key: item.key,
          value: JSON.stringify(item),
          headers: { review: item.review },
        })),
      ),
    close: () => Promise.resolve(),
  };
}

/** Posts `{ reviews: [...] }`; any answer of 2xx means taken. The header Idempotency-Key is the same for the same events. */
function createReviewWebhook(url: string): ReviewSink {
  const closing = new AbortController();
  return {
    async deliver(items) {
      const keys = items.map(({ key }) => key).join("\n");
      const response = await fetch(url, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          "idempotency-key": createHash("sha256").update(keys).digest("hex").slice(0, 32),
        },
        body: JSON.stringify({ reviews: items }),
        signal: AbortSignal.any([closing.signal, AbortSignal.timeout(TIMEOUT)]),
      });
      await response.body?.cancel();
      if (!response.ok) throw new Error(`${new URL(url).host} answered ${response.status}`);
    },
    close() {
      closing.abort();
      return Promise.resolve();
    },
  };
}
