import { Kafka, Partitioners, type IHeaders, type Producer } from "kafkajs";
import type { KafkaConfig } from "../config/config.ts";
import { clientConfig } from "./kafka-client.ts";
import type { SourceLog } from "./source.ts";

interface OutgoingRecord {
  readonly key: string | Buffer | null;
  readonly value: string | Buffer;
  readonly headers: Readonly<IHeaders>;
}

/** Writes to topics; at least once. */
export interface KafkaSender {
  /** Settles once all in-sync replicas have the records; rejects where that is not known: they may be there, or be sent again. */
  send(topic: string, records: readonly OutgoingRecord[]): Promise<void>;
  close(): Promise<void>;
}

/** The broker's own words for a missing topic say nothing to those who have to create it. */
export function explained(error: unknown, topic: string): unknown {
  for (let at = error; at instanceof Error; at = at.cause) {
    if ("type" in at && at.type === "UNKNOWN_TOPIC_OR_PARTITION") {
      const message = `there is no topic ${topic}, or this user may not see it; create it`;
      return new Error(message, { cause: error });
    }
  }
  return error;
}

/** Connects when there is something to send, one call at a time. */
export function createKafkaSender(options: { kafka: KafkaConfig; log: SourceLog }): KafkaSender {
  let producer: Producer | undefined;
  let last: Promise<unknown> = Promise.resolve();

  async function connect(): Promise<Producer> {
    const client = new Kafka(clientConfig(options.kafka, options.log));
    // Without idempotence kafkajs sends a request for two partitions again, whole, where one of them has no leader.
    const created = client.producer({
      idempotent: true,
      maxInFlightRequests: 1,
      createPartitioner: Partitioners.DefaultPartitioner,
    });
    producer = created;
    await created.connect();
    return created;
  }

  async function release(): Promise<void> {
    const former = producer;
    producer = undefined;
    await former?.disconnect();
  }

  async function sendNow(topic: string, records: readonly OutgoingRecord[]): Promise<void> {
    try {
      const connected = producer ?? (await connect());
      await connected.send({ topic, acks: -1, messages: records.map((record) => ({ ...record })) });
    } catch (error) {
      // Its sequence numbers may no longer be the broker's.
      await release().catch(() => undefined);
      throw explained(error, topic);
    }
  }

  return {
    send(topic, records) {
      const sent = last.then(() => sendNow(topic, records));
      last = sent.catch(() => undefined);
      return sent;
    },
    async close() {
      await last;
      await release();
    },
  };
}
