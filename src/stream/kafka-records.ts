import type { KafkaMessage } from "kafkajs";
import type { RecordBatch, RecordHeaders } from "../event/records.ts";
import { FetchedRecord } from "./kafka-record-reader.ts";

/** The most records of one batch; a fetch of tiny records is split. */
const BATCH_RECORDS = 65_536;

interface FilledBatch extends RecordBatch {
  stream: string;
  partition: number;
  count: number;
  end: number;
  readonly values: (Uint8Array | null)[];
  readonly keys: (Uint8Array | null)[];
  readonly headers: (RecordHeaders | undefined)[];
}

export interface RecordBuffer {
  /** The next batch of at most BATCH_RECORDS messages from `start`. Its arrays are those of the batch before it. */
  take(part: MessagePart): RecordBatch;
  /** Lets go of the messages, which would keep kafkajs' whole response in memory. */
  clear(): void;
}

interface MessagePart {
  readonly stream: string;
  readonly partition: number;
  readonly messages: readonly KafkaMessage[];
  readonly start: number;
  readonly end: number;
}

/** One set of arrays for all batches of a source, since only one is ever at work: no allocation per record. */
export function createRecordBuffer(): RecordBuffer {
  const batch: FilledBatch = {
    kind: "records",
    stream: "",
    partition: 0,
    count: 0,
    offsets: new Float64Array(BATCH_RECORDS),
    timestamps: new Float64Array(BATCH_RECORDS),
    values: [],
    keys: [],
    headers: [],
    end: 0,
  };
  return {
    take({ stream, partition, messages, start, end }) {
      const count = Math.min(BATCH_RECORDS, messages.length - start);
      for (let index = 0; index < count; index++) {
        const message = messages[start + index];
        if (message === undefined) break;
        // An answer that kafkajs has read by itself has both as text.
        const isRead = message instanceof FetchedRecord;
        batch.offsets[index] = isRead ? message.position : Number(message.offset);
        batch.timestamps[index] = isRead ? message.time : Number(message.timestamp);
        batch.values[index] = message.value;
        batch.keys[index] = message.key;
        batch.headers[index] = message.headers;
      }
      return Object.assign(batch, { stream, partition, count, end });
    },
    clear() {
      batch.values.fill(null, 0, batch.count);
      batch.keys.fill(null, 0, batch.count);
      batch.headers.fill(undefined, 0, batch.count);
      batch.count = 0;
    },
  };
}
