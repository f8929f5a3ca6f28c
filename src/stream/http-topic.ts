import { setTimeout as sleep } from "node:timers/promises";
import type { StreamConfig } from "../config/config.ts";
import type { RecordBatch } from "../event/records.ts";
import { describeTopic, endOfRequest, recordOf, standIn } from "./http-topic-record.ts";
import { isTooLarge, type KafkaSender, type OutgoingRecord } from "./kafka-sender.ts";
import { recordsOf } from "./sent-request.ts";
import type { Delivery, SourceListener, SourceLog } from "./source.ts";

/**
 * What can be said of records before anyone counts them: answers the ids that they are joined by, null where there is none, and
 * tells which of them will not be counted whole.
 */
export type Inspect = (batch: RecordBatch, dropped: Delivery["dropped"]) => readonly (Uint8Array | null)[];

export interface TopicWriterOptions {
  /** Streams that come over HTTP and go to a topic. */
  readonly streams: readonly StreamConfig[];
  readonly sender: KafkaSender;
  readonly inspect: Inspect;
  /** A larger record goes nowhere, and is counted as oversize; bytes. */
  readonly maxRecordBytes: number;
  readonly log: SourceLog;
}

/** Where the HTTP door brings what members of a fleet share. */
export interface TopicWriter extends Pick<SourceListener, "deliver"> {
  /** What cannot be written, in one sentence without its full stop; undefined where nothing is wrong. */
  outage(): string | undefined;
  close(): Promise<void>;
}

/** Who waits for an answer is told sooner that there is none, ms. */
const PATIENCE = 10_000;

/**
 * Writes deliveries to the topics of their streams, keyed by the id that they are joined by, so that what belongs together meets
 * in one partition; whoever reads that one counts them. They are durable when all in-sync replicas have them.
 */
export function createTopicWriter(options: TopicWriterOptions): TopicWriter {
  const { sender, log } = options;
  const topics = new Map(options.streams.map((stream) => [stream.name, describeTopic(stream)]));
  let failure: string | undefined;

  async function write({ stream, requests, unread, dropped }: Delivery): Promise<void> {
    const target = topics.get(stream);
    if (target === undefined) throw new Error(`stream ${stream} has no topic`);
    const batch = recordsOf(stream, [{ requests, offset: 0 }]);
    const keys = options.inspect(batch, dropped);
    const records: OutgoingRecord[] = [];
    for (let i = 0; i < batch.count; i++) {
      const value = batch.values[i] ?? null;
      if (value !== null && value.length > options.maxRecordBytes) {
        dropped?.(i, "oversize");
        records.push(standIn("oversize", batch.timestamps[i]));
      } else records.push(recordOf({ batch, place: i, key: keys[i], leftOut: target.leftOut }));
    }
    const now = batch.count > 0 ? batch.timestamps[batch.count - 1] : undefined;
    for (const why of ["overflow", "oversize"] as const) {
      for (let i = 0; i < unread[why]; i++) records.push(standIn(why, now));
    }
    let start = 0;
    while (start < records.length) {
      const end = endOfRequest(records, start);
      await sendPart(target.topic, records.slice(start, end), (place) =>
        dropped?.(start + place, "oversize"),
      );
      start = end;
    }
  }

  /** Splits what is too large for the topic, until it is one record that is. */
  async function sendPart(
    topic: string,
    records: readonly OutgoingRecord[],
    tooLarge: (place: number) => void,
  ): Promise<void> {
    try {
      await sender.send(topic, records);
    } catch (error) {
      if (!isTooLarge(error)) throw error;
      if (records.length > 1) {
        const half = records.length >> 1;
        await sendPart(topic, records.slice(0, half), tooLarge);
        await sendPart(topic, records.slice(half), (place) => tooLarge(half + place));
        return;
      }
      await sender.send(topic, [standIn("oversize", Number(records[0].timestamp))]);
      tooLarge(0);
    }
  }

  function note(error: unknown): void {
    const isNews = failure === undefined;
    failure = error instanceof Error ? error.message : String(error);
    if (isNews) log.warn({ err: error }, `events that are sent here cannot be written to Kafka: ${failure}`);
  }

  function over(): void {
    if (failure !== undefined) log.info({}, "events that are sent here are written to Kafka again");
    failure = undefined;
  }

  return {
    async deliver(deliveries) {
      try {
        for (const delivery of deliveries) await write(delivery);
        over();
      } catch (error) {
        note(error);
        throw error;
      }
      return deliveries.map(() => true);
    },
    outage: () =>
      failure === undefined ? undefined : `events that are sent here cannot be written: ${failure}`,
    close: () => Promise.race([sender.close(), sleep(PATIENCE, undefined, { ref: false })]),
  };
}
