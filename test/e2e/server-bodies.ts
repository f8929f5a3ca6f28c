import { gzipSync } from "node:zlib";
import type { ScoredEvent } from "./events.ts";

/** Requests and responses of a model server, one row for each event, as the servers write them. */
type Writer = (events: readonly ScoredEvent[]) => Buffer;

const COLUMNS = ["amount", "card", "region"] as const;

const rowOf = ({
  features,
  segment,
}: ScoredEvent): Record<(typeof COLUMNS)[number], number | string | null> => ({
  ...features,
  region: segment.region,
});

/** KServe's V1: rows are objects. */
export const askV1: Writer = (events) => json({ instances: events.map(rowOf) });

export const answerV1: Writer = (events) =>
  json({ predictions: events.map(({ prediction }) => prediction.score), model_version: events[0]?.version });

/** Open Inference Protocol V2, JSON: a tensor for each column. */
export const askV2: Writer = (events) => json({ inputs: columnsOf(events).map(toTensor) });

export const answerV2: Writer = (events) =>
  json({
    model_name: "scoring",
    model_version: events[0]?.version,
    outputs: [{ name: "score", datatype: "FP64", shape: [events.length, 1], data: scoresOf(events) }],
  });

/** The same, packed, as a client that accepts gzip gets it; nothing says so. */
export const askPacked: Writer = (events) => gzipSync(askV2(events));

/** Triton's binary extension: tensors behind the JSON. */
export const answerBinary: Writer = (events) => {
  const data = Buffer.from(Float64Array.from(scoresOf(events)).buffer);
  const parameters = { binary_data_size: data.length };
  const score = { name: "score", datatype: "FP64", shape: [events.length, 1], parameters };
  return Buffer.concat([
    json({ model_name: "scoring", model_version: events[0]?.version, outputs: [score] }),
    data,
  ]);
};

/** ModelInferRequest with typed contents; a missing number has no place there. */
export const askProtobuf: Writer = (events) => {
  const tensors = columnsOf(events).map(({ name, cells }) => {
    const isText = cells.every((cell) => typeof cell === "string");
    const contents = isText
      ? Buffer.concat(cells.map((cell) => field(8, Buffer.from(cell))))
      : field(7, Buffer.from(Float64Array.from(cells, Number).buffer));
    return tensorMessage(name, isText ? "BYTES" : "FP64", events.length, field(5, contents));
  });
  return Buffer.concat([field(1, Buffer.from("scoring")), ...tensors.map((tensor) => field(5, tensor))]);
};

/** ModelInferResponse with raw contents. */
export const answerProtobuf: Writer = (events) => {
  const raw = Buffer.from(Float64Array.from(scoresOf(events)).buffer);
  return Buffer.concat([
    field(1, Buffer.from("scoring")),
    field(2, Buffer.from(events[0]?.version ?? "")),
    field(5, tensorMessage("score", "FP64", events.length, Buffer.alloc(0))),
    field(6, raw),
  ]);
};

/** As gRPC frames it: what KServe's logger sees of a call. */
export function framed(write: Writer): Writer {
  return (events) => {
    const message = write(events);
    const head = Buffer.alloc(5);
    head.writeUInt32BE(message.length, 1);
    return Buffer.concat([head, message]);
  };
}

function json(value: object): Buffer {
  return Buffer.from(JSON.stringify(value));
}

function scoresOf(events: readonly ScoredEvent[]): number[] {
  return events.map(({ prediction }) => prediction.score);
}

interface Column {
  readonly name: string;
  readonly cells: readonly (number | string | null)[];
}

function columnsOf(events: readonly ScoredEvent[]): Column[] {
  return COLUMNS.map((name) => ({ name, cells: events.map((event) => rowOf(event)[name]) }));
}

function toTensor({ name, cells }: Column): object {
  return { name, datatype: name === "amount" ? "FP64" : "BYTES", shape: [cells.length], data: cells };
}

function tensorMessage(name: string, datatype: string, rows: number, contents: Buffer): Buffer {
  const parts = [
    field(1, Buffer.from(name)),
    field(2, Buffer.from(datatype)),
    field(3, varint(rows)),
    contents,
  ];
  return Buffer.concat(parts);
}

/** A length-delimited field of protobuf. */
function field(number: number, bytes: Buffer): Buffer {
  return Buffer.concat([varint((number << 3) | 2), varint(bytes.length), bytes]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest >>>= 7) bytes.push((rest & 127) | 128);
  return Buffer.from([...bytes, rest]);
}
