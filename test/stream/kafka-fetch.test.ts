import { createRequire } from "node:module";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { createAnswerReader } from "../../src/stream/kafka-fetch.ts";

const require = createRequire(import.meta.url);

type Answer = Awaited<ReturnType<ReturnType<typeof createAnswerReader>>>;

// Not typed by kafkajs: its own reader of the same bytes, which is the oracle here.
const kafkajs = require("kafkajs/src/protocol/requests/fetch/v11/response") as {
  decode: (payload: Buffer) => Promise<Answer>;
};
const codecs = require("kafkajs/src/protocol/message/compression") as Parameters<
  typeof createAnswerReader
>[0];
const original = kafkajs.decode;
const read = createAnswerReader(codecs, () => Promise.reject(new Error("left to kafkajs")));

interface WrittenRecord {
  readonly time?: number;
  readonly offset?: number;
  readonly key?: string | null;
  readonly value?: string | null;
  readonly headers?: readonly (readonly [string, string | null])[];
}

interface WrittenBatch {
  readonly attributes?: number;
  readonly firstOffset?: bigint;
  readonly firstTimestamp?: bigint;
  readonly producerId?: bigint;
  readonly records: readonly WrittenRecord[];
}

const GZIP = 1;
const LOG_APPEND_TIME = 8;
const IN_TRANSACTION = 16;
const CONTROL = 32;

function varint(value: number): Buffer {
  let rest = BigInt.asUintN(64, (BigInt(value) << 1n) ^ (BigInt(value) >> 63n));
  const bytes: number[] = [];
  for (; rest >= 128n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return Buffer.from([...bytes, Number(rest)]);
}

function varbytes(text: string | null): Buffer {
  return text === null ? varint(-1) : Buffer.concat([varint(Buffer.byteLength(text)), Buffer.from(text)]);
}

function int(bytes: 2 | 4, value: number): Buffer {
  const buffer = Buffer.alloc(bytes);
  buffer.writeIntBE(value, 0, bytes);
  return buffer;
}

function int64(value: bigint): Buffer {
  const buffer = Buffer.alloc(8);
  buffer.writeBigInt64BE(value);
  return buffer;
}

function recordBytes({
  time = 0,
  offset = 0,
  key = null,
  value = null,
  headers = [],
}: WrittenRecord): Buffer {
  const named = headers.map(([name, of]) => Buffer.concat([varbytes(name), varbytes(of)]));
  const body = [Buffer.of(0), varint(time), varint(offset), varbytes(key), varbytes(value)];
  const bytes = Buffer.concat([...body, varint(headers.length), ...named]);
  return Buffer.concat([varint(bytes.length), bytes]);
}

function batchBytes(batch: WrittenBatch): Buffer {
  const { attributes = 0, firstOffset = 0n, firstTimestamp = 0n, producerId = -1n, records } = batch;
  const plain = Buffer.concat(records.map(recordBytes));
  const head = [int(4, 0), Buffer.of(2), int(4, 0), int(2, attributes), int(4, records.length - 1)];
  const times = [int64(firstTimestamp), int64(firstTimestamp + 1_000n)];
  const producer = [int64(producerId), int(2, 0), int(4, 0), int(4, records.length)];
  const body = Buffer.concat([
    ...head,
    ...times,
    ...producer,
    (attributes & GZIP) === 0 ? plain : gzipSync(plain),
  ]);
  return Buffer.concat([int64(firstOffset), int(4, body.length), body]);
}

function partitionBytes(partition: number, records: Buffer | undefined, aborted?: readonly bigint[]): Buffer {
  const list = aborted?.flatMap((id) => [int64(id), int64(id * 2n)]) ?? [];
  return Buffer.concat([
    int(4, partition),
    int(2, 0),
    int64(9_007_199_254_740_993n),
    int64(77n),
    int64(-1n),
    int(4, aborted?.length ?? -1),
    ...list,
    int(4, -1),
    ...(records === undefined ? [int(4, -1)] : [int(4, records.length), records]),
  ]);
}

function answerBytes(topics: Readonly<Record<string, readonly Buffer[]>>): Buffer {
  const each = Object.entries(topics).flatMap(([name, partitions]) => [
    int(2, Buffer.byteLength(name)),
    Buffer.from(name),
    int(4, partitions.length),
    ...partitions,
  ]);
  return Buffer.concat([int(4, 12), int(2, 0), int(4, 34), int(4, Object.keys(topics).length), ...each]);
}

/** Of a record's batch kafkajs keeps more, which nothing in it asks for. */
function describeRecord(record: Answer["responses"][0]["partitions"][0]["messages"][0]): unknown {
  const { magicByte, attributes, timestamp, offset, key, value, headers, isControlRecord } = record;
  const { producerId, inTransaction } = record.batchContext;
  const of = { producerId, inTransaction };
  return { magicByte, attributes, timestamp, offset, key, value, headers, isControlRecord, of };
}

function describeAnswer({ responses, ...rest }: Answer): unknown {
  const topics = responses.map(({ topicName, partitions }) => ({
    topicName,
    partitions: partitions.map(({ messages, ...head }) => ({
      ...head,
      messages: messages.map(describeRecord),
    })),
  }));
  return { ...rest, topics };
}

async function expectSame(payload: Buffer): Promise<Answer> {
  const answer = await read(payload);
  expect(describeAnswer(answer)).toEqual(describeAnswer(await original(payload)));
  return answer;
}

const messagesOf = ({ responses }: Answer) =>
  responses.flatMap(({ partitions }) => partitions.flatMap(({ messages }) => messages));

test("records are read as kafkajs reads them: keys, values, headers, offsets with holes, times that go back", async () => {
  const records: WrittenRecord[] = [
    { value: "first" },
    { time: -5_000, offset: 3, key: "key", value: "", headers: [["a", "1"]] },
    {
      time: 70_000,
      offset: 200,
      key: "",
      value: null,
      headers: [
        ["a", "1"],
        ["b", null],
        ["a", "2"],
        ["a", "3"],
      ],
    },
    { time: 4_000_000_000, offset: 70_000, value: "x".repeat(300), headers: [["é", "ü"]] },
  ];
  const batch = batchBytes({ firstOffset: 4_294_967_295n, firstTimestamp: 1_700_000_000_000n, records });
  const answer = await expectSame(answerBytes({ scored: [partitionBytes(7, batch, [5n, 9n])] }));
  expect(messagesOf(answer).map(({ offset, timestamp }) => [offset, timestamp])).toEqual([
    ["4294967295", "1700000000000"],
    ["4294967298", "1699999995000"],
    ["4294967495", "1700000070000"],
    ["4295037295", "1704000000000"],
  ]);
  expect(messagesOf(answer)[2]).toMatchObject({ key: Buffer.alloc(0), value: null });
});

test("a header may have any name", async () => {
  const headers = [
    ["constructor", "1"],
    ["__proto__", "2"],
    ["__proto__", "3"],
  ] as const;
  const batch = batchBytes({ records: [{ headers }, {}] });
  const [named, bare] = messagesOf(await read(answerBytes({ scored: [partitionBytes(0, batch)] })));
  expect(Object.entries(named?.headers ?? {})).toEqual([
    ["constructor", Buffer.from("1")],
    ["__proto__", [Buffer.from("2"), Buffer.from("3")]],
  ]);
  expect(bare?.headers["constructor"]).toBeUndefined();
});

test("batches of every kind stand in one answer: compressed, stamped by the broker, of transactions and their markers", async () => {
  const records = [{ value: "a" }, { offset: 1, time: 20, value: "b" }];
  const batches = [
    { records },
    { attributes: GZIP, firstOffset: 2n, firstTimestamp: 9n, records },
    { attributes: LOG_APPEND_TIME, firstOffset: 4n, firstTimestamp: 50n, records },
    { attributes: IN_TRANSACTION, firstOffset: 6n, producerId: 4_000n, records },
    {
      attributes: IN_TRANSACTION | CONTROL,
      firstOffset: 8n,
      producerId: 4_000n,
      records: [{ key: "\0\0\0\0" }],
    },
    { attributes: GZIP | LOG_APPEND_TIME, firstOffset: 9n, records: [] },
  ];
  const all = Buffer.concat(batches.map(batchBytes));
  const answer = await expectSame(
    answerBytes({ one: [partitionBytes(0, all, [])], two: [partitionBytes(1, all)] }),
  );
  expect(messagesOf(answer)).toHaveLength(18);
  expect(messagesOf(answer)[8]).toMatchObject({
    isControlRecord: true,
    batchContext: { producerId: "4000", inTransaction: true },
  });
});

test("an answer without records, partitions or topics is one", async () => {
  const empty = [partitionBytes(0, undefined), partitionBytes(1, Buffer.alloc(0))];
  for (const topics of [{}, { scored: [] }, { scored: empty }])
    expect(messagesOf(await expectSame(answerBytes(topics)))).toEqual([]);
});

test("a batch that the broker cut short is left for the next fetch, wherever it was cut", async () => {
  const whole = batchBytes({ records: [{ value: "whole" }] });
  const cut = batchBytes({ firstOffset: 1n, records: [{ value: "cut" }] });
  for (let length = 0; length < cut.length; length++) {
    const records = Buffer.concat([whole, cut.subarray(0, length)]);
    const answer = await expectSame(answerBytes({ scored: [partitionBytes(0, records)] }));
    expect(messagesOf(answer).map(({ value }) => value?.toString())).toEqual(["whole"]);
  }
});

test("records of an older format are left to kafkajs", async () => {
  const batch = batchBytes({ records: [{ value: "old" }] });
  batch[16] = 1;
  const payload = answerBytes({ scored: [partitionBytes(0, batch)] });
  await expect(read(payload)).rejects.toThrow("left to kafkajs");
});

test("a record's key and value are views of the answer, and are not held with it", async () => {
  const batch = batchBytes({ records: [{ key: "key", value: "value" }, { value: null }] });
  const payload = answerBytes({ scored: [partitionBytes(0, batch)] });
  const [whole, empty] = messagesOf(await read(payload));
  expect([whole?.key?.buffer, whole?.value?.buffer]).toEqual([payload.buffer, payload.buffer]);
  expect(whole?.value?.toString()).toBe("value");
  const held = Object.values({ ...whole }).filter((part) => Buffer.isBuffer(part));
  expect(held.map(({ length }) => length)).toEqual([batch.length]);
  expect([empty?.key, empty?.value]).toEqual([null, null]);
});
