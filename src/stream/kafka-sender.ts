import { Kafka, Partitioners, type IHeaders, type Producer } from "kafkajs";
import type { KafkaConfig } from "../config/config.ts";
import { clientConfig } from "./kafka-client.ts";
import type { SourceLog } from "./source.ts";

export interface OutgoingRecord {
  readonly key: string | Buffer | null;
  readonly value: string | Buffer | null;
  readonly headers: Readonly<IHeaders>;
  /** ms since the epoch, as text; absent: when it is sent. */
  readonly timestamp?: string;
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

/** Whether the topic takes no records of this size. */
export function isTooLarge(error: unknown): boolean {
  for (let at = error; at instanceof Error; at = at.cause) {
    if ("type" in at && (at.type === "MESSAGE_TOO_LARGE" || at.type === "RECORD_LIST_TOO_LARGE")) return true;
  }
  return false;
}

export interface KafkaSenderOptions {
  readonly kafka: KafkaConfig;
  readonly log: SourceLog;
  /** Somebody waits for the outcome: gives up after seconds, not minutes. */
  readonly isHasty?: boolean;
}

const HASTY = {
  connectionTimeout: 2000,
  requestTimeout: 4000,
  retry: { initialRetryTime: 200, multiplier: 2, factor: 0.2, maxRetryTime: 1000, retries: 1 },
};

const ATTEMPTS = 5;

type Partitioner = ReturnType<typeof Partitioners.DefaultPartitioner>;

/** Sent again, a message goes where it was to go first. */
function rememberPartitions(partitioner: Partitioner, places: WeakMap<object, number>): Partitioner {
  return (choice) => {
    const place = places.get(choice.message) ?? partitioner(choice);
    places.set(choice.message, place);
    return place;
  };
}

/** Connects when there is something to send, one call at a time. */
export function createKafkaSender(options: KafkaSenderOptions): KafkaSender {
  const places = new WeakMap<object, number>();
  let producer: Producer | undefined;
  let last: Promise<unknown> = Promise.resolve();

  async function connect(): Promise<Producer> {
    const config = clientConfig(options.kafka, options.log);
    const client = new Kafka({ ...config, ...(options.isHasty === true && HASTY) });
    // Without idempotence kafkajs sends a request for two partitions again, whole, where one of them has no leader.
    const created = client.producer({
      idempotent: true,
      maxInFlightRequests: 1,
      createPartitioner: () => rememberPartitions(Partitioners.DefaultPartitioner(), places),
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
      let unsent = records.map((record) => ({ ...record }));
      for (let attempt = 1; unsent.length > 0; attempt++) {
        if (attempt > ATTEMPTS) throw new Error("the leaders of its partitions keep changing");
        const written = await connected.send({ topic, acks: -1, messages: unsent });
        const partitions = new Set(written.map(({ partition }) => partition));
        // Where a leader changes, kafkajs tries again only with brokers that gave no answer: if the new one has answered for
        // other partitions, it passes over the records, and says that all is sent.
        unsent = unsent.filter((message) => !partitions.has(places.get(message) ?? -1));
      }
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
