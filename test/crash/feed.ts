import { setTimeout as sleep } from "node:timers/promises";
import { Partitioners } from "kafkajs";
import type { NewRecord } from "../e2e/topic.ts";
import { kafkaClient } from "../services/kafka.ts";

/** At most so many records are sent at once. */
const CHUNK = 4_000;
const STEP = 200;
const PAUSE = 500;
/** Brokers are back before this, ms. */
const PATIENCE = 120_000;

/**
 * Writes records over about `lasts` ms, whatever becomes of the brokers. What is not acknowledged is sent again, so that a
 * topic may hold some records twice: what counts is what stands in it.
 */
export async function feed(options: {
  readonly brokers: readonly string[];
  readonly topic: string;
  readonly records: Iterable<NewRecord>;
  readonly count: number;
  readonly lasts: number;
}): Promise<void> {
  const { brokers, topic, records, count, lasts } = options;
  const producer = kafkaClient(brokers).producer({
    createPartitioner: Partitioners.DefaultPartitioner,
    // By itself kafkajs would leave out what has another leader by then.
    retry: { retries: 0 },
  });
  await producer.connect();
  const began = Date.now();
  let sent = 0;
  let messages: ReturnType<typeof messageOf>[] = [];
  try {
    for (const record of records) {
      messages.push(messageOf(record));
      const isAhead = sent + messages.length > ((Date.now() - began) / lasts) * count;
      if (messages.length < CHUNK && !isAhead) continue;
      await send(() => producer.send({ topic, messages, acks: -1 }));
      sent += messages.length;
      messages = [];
      if (isAhead) await sleep(STEP);
    }
    if (messages.length > 0) await send(() => producer.send({ topic, messages, acks: -1 }));
  } finally {
    await producer.disconnect();
  }
}

async function send(attempt: () => Promise<unknown>): Promise<void> {
  for (const end = Date.now() + PATIENCE; ; await sleep(PAUSE)) {
    try {
      await attempt();
      return;
    } catch (error) {
      if (Date.now() > end) throw error;
    }
  }
}

function messageOf({ value, timestamp, partition = 0 }: NewRecord): {
  value: string | Buffer | null;
  timestamp: string;
  partition: number;
} {
  return { value, timestamp: String(timestamp), partition };
}
