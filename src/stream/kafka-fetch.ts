import { createRequire } from "node:module";
import { KafkaBytes } from "./kafka-bytes.ts";
import { readRecords, type BatchHead, type FetchedRecord } from "./kafka-record-reader.ts";

/*
 * Of what a record costs kafkajs, most goes into numbers of 64 bits that it makes of text and turns into text again. This
 * reads the same bytes into the same records in a fraction of the time; a test holds the two against each other.
 */

/** What kafkajs makes of the answer to a fetch (version 11); numbers of 64 bits are decimal text. */
interface FetchAnswer {
  readonly throttleTime: number;
  readonly clientSideThrottleTime: number;
  readonly errorCode: number;
  readonly sessionId: number;
  readonly responses: readonly FetchedTopic[];
}

interface FetchedTopic {
  readonly topicName: string;
  readonly partitions: readonly FetchedPartition[];
}

interface FetchedPartition {
  readonly partition: number;
  readonly errorCode: number;
  readonly highWatermark: string;
  readonly lastStableOffset: string;
  readonly lastStartOffset: string;
  readonly abortedTransactions: readonly { readonly producerId: string; readonly firstOffset: string }[];
  readonly preferredReadReplica: number;
  readonly messages: readonly FetchedRecord[];
}

/** The parts of kafkajs that this stands in for and needs; none of them is in its types. */
interface AnswerReader {
  /** Looked up with every answer. */
  decode: (payload: Buffer) => Promise<FetchAnswer>;
}

interface Codecs {
  /** Null where nothing is compressed. */
  lookupCodecByAttributes(attributes: number): { decompress(bytes: Buffer): Promise<Buffer> } | null;
}

/** Records of Kafka 0.11 and later: brokers since 4.0 keep no others. */
const FORMAT = 2;
const FORMAT_AT = 16;
/** First offset and length: what stands before all that the length counts. */
const PREFIX_BYTES = 12;
/** All of a batch that stands before its records. */
const HEAD_BYTES = 61;
const LOG_APPEND_TIME = 8;
const IN_TRANSACTION = 16;
const CONTROL = 32;

/**
 * Makes kafkajs read fetched records by `createAnswerReader`, where the broker speaks version 11 of the request, as all since
 * 2.3 do. Safe to call again.
 */
export function registerFetch(): void {
  if (isRegistered) return;
  isRegistered = true;
  const require = createRequire(import.meta.url);
  // Inside of the one version of kafkajs that package.json allows.
  const reader = require("kafkajs/src/protocol/requests/fetch/v11/response") as AnswerReader;
  const codecs = require("kafkajs/src/protocol/message/compression") as Codecs;
  reader.decode = createAnswerReader(codecs, reader.decode);
}

let isRegistered = false;

/** Reads answers to fetches as `original` does, and leaves to it those that have records of an older format. */
export function createAnswerReader(
  codecs: Codecs,
  original: AnswerReader["decode"],
): (payload: Buffer) => Promise<FetchAnswer> {
  return async (payload) => {
    const from = new KafkaBytes(payload);
    const answer = {
      throttleTime: 0,
      clientSideThrottleTime: from.int32(),
      errorCode: from.int16(),
      sessionId: from.int32(),
    };
    const responses: FetchedTopic[] = [];
    for (let topics = from.int32(); topics > 0; topics--) {
      const topicName = from.string();
      const partitions: FetchedPartition[] = [];
      for (let left = from.int32(); left > 0; left--) {
        const partition = await readPartition(from, codecs);
        if (partition === undefined) return original(payload);
        partitions.push(partition);
      }
      responses.push({ topicName, partitions });
    }
    return { ...answer, responses };
  };
}

/** Undefined where the format of its records is an older one. */
async function readPartition(from: KafkaBytes, codecs: Codecs): Promise<FetchedPartition | undefined> {
  const head = {
    partition: from.int32(),
    errorCode: from.int16(),
    highWatermark: from.int64(),
    lastStableOffset: from.int64(),
    lastStartOffset: from.int64(),
    abortedTransactions: from.list(() => ({ producerId: from.int64(), firstOffset: from.int64() })),
    preferredReadReplica: from.int32(),
  };
  const size = from.int32();
  const messages = size <= 0 ? [] : await readBatches(from.take(size), codecs);
  return messages && { ...head, messages };
}

/** A broker that has reached the most bytes that it may send ends in the middle of a batch: what is left of it comes again. */
async function readBatches(bytes: Buffer, codecs: Codecs): Promise<FetchedRecord[] | undefined> {
  const records: FetchedRecord[] = [];
  const from = new KafkaBytes(bytes);
  while (from.left >= HEAD_BYTES) {
    const begin = from.at;
    if (bytes[begin + FORMAT_AT] !== FORMAT) return undefined;
    const end = begin + PREFIX_BYTES + bytes.readInt32BE(begin + 8);
    if (end > bytes.length) break;
    const { attributes, head } = readHead(from);
    const codec = codecs.lookupCodecByAttributes(attributes);
    const plain =
      codec === null ? from : new KafkaBytes(await codec.decompress(bytes.subarray(from.at, end)));
    readRecords(plain, head, records);
    from.at = end;
  }
  return records;
}

/** https://kafka.apache.org/documentation/#recordbatch */
function readHead(from: KafkaBytes): { readonly attributes: number; readonly head: BatchHead } {
  const firstOffset = Number(from.int64());
  from.at += 4 + 4 + 1 + 4; // Length, epoch of the leader, format, checksum.
  const attributes = from.int16();
  from.at += 4; // Last offset.
  const firstTimestamp = Number(from.int64());
  const maxTimestamp = Number(from.int64());
  const producerId = from.int64();
  from.at += 2 + 4; // Epoch of the producer, first sequence.
  const head = {
    magicByte: FORMAT,
    isControlRecord: (attributes & CONTROL) !== 0,
    batchContext: { producerId, inTransaction: (attributes & IN_TRANSACTION) !== 0 },
    count: from.int32(),
    firstOffset,
    firstTimestamp,
    logTime: (attributes & LOG_APPEND_TIME) === 0 ? undefined : maxTimestamp,
  };
  return { attributes, head };
}
