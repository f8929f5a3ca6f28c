// CPU per record of what model servers send, from headers and bytes to rows.
import { createDecoder } from "../../dist/event/decoder.js";
import { publicKeys } from "../../dist/event/ids.js";
import { recordBatch, streamConfig } from "./events.mjs";
import { printTable } from "./table.mjs";
import { timeVariants } from "./timing.mjs";

const RECORDS = 500;
const START = Date.UTC(2026, 0, 1);
const MODEL = "flight-delay";
const OCTETS = "application/octet-stream";
const STRUCTURED = "application/cloudevents+json";
const SHAPES = [
  { rows: 1, columns: 4 },
  { rows: 100, columns: 20 },
];

/** A format, and how the i-th record of a shape is written in it: its value and its headers. */
const FORMATS = [
  { name: "kserve, V1", format: "kserve", write: (shape, i) => inEvent(i, v1(shape, i)) },
  { name: "kserve, V2 JSON", format: "kserve", write: (shape, i) => inEvent(i, v2(shape, i)) },
  {
    name: "kserve, binary tensor",
    format: "kserve",
    write: (shape, i) => inEvent(i, binary(shape, i), OCTETS),
  },
  { name: "kserve, structured V1", format: "kserve", write: (shape, i) => structured(i, v1(shape, i)) },
  { name: "oip-v2, JSON", format: "oip-v2", write: (shape, i) => keyed(i, v2(shape, i)) },
  { name: "oip-v2, protobuf", format: "oip-v2", write: (shape, i) => keyed(i, protobuf(shape, i)) },
  {
    name: "mlserver",
    format: "mlserver",
    write: (shape, i) => ({ ...keyed(i, v2(shape, i)), headers: { "mlserver-model": Buffer.from(MODEL) } }),
  },
  { name: "auto, V2 JSON", format: "auto", write: (shape, i) => keyed(i, v2(shape, i)) },
];

export function runFormats() {
  const lines = FORMATS.flatMap((format) => SHAPES.map((shape) => measure(format, shape)));
  printTable("decode: microseconds of CPU per request of a model server, medians of interleaved rounds", [
    ["", "bytes", "JSON.parse", "decoder", "ns per cell"],
    ...lines,
  ]);
}

function measure({ name, format, write }, shape) {
  const records = Array.from({ length: RECORDS }, (_, i) => write(shape, i));
  const batch = recordBatch("asked", 0, [], START);
  Object.assign(batch, {
    count: RECORDS,
    offsets: Float64Array.from(records, (_, i) => i),
    timestamps: new Float64Array(RECORDS).fill(START),
    values: records.map(({ value }) => value),
    keys: records.map(({ key }) => key ?? null),
    headers: records.map(({ headers }) => headers),
    end: RECORDS,
  });
  const columns = Array.from({ length: shape.columns }, (_, k) => ({
    name: `x-${k}`,
    type: "number",
    role: "feature",
    pii: false,
    categories: [],
  }));
  const plan = { model: MODEL, needsId: true, half: "input", columns };
  const names = { instances: columns.map((column) => column.name) };
  const stream = streamConfig({ role: "inputs", format, component: "predictor", names });
  const limits = { maxRecordBytes: 1_000_000 };
  const decoder = createDecoder({ stream, plans: [plan], key: publicKeys(), limits });
  const isJson = batch.values.every((value) => value[0] === 0x7b && value[value.length - 1] === 0x7d);
  let sink = 0;
  const { parse, decode } = timeVariants(
    {
      parse() {
        for (const value of isJson ? batch.values : [])
          sink += Object.keys(JSON.parse(value.toString())).length;
      },
      decode() {
        const { rows, batches } = decoder.decode(batch, { now: START });
        if (rows !== RECORDS * shape.rows || batches[0].faults !== 0) throw new Error(`${name} lost rows`);
        sink += batches[0].columns[3].values[0];
      },
    },
    { units: RECORDS, rounds: shape.rows === 1 ? 31 : 9 },
  );
  if (!(sink > 0)) throw new Error("a value was lost");
  const bytes = batch.values.reduce((sum, value) => sum + value.length, 0) / RECORDS;
  return [
    `${name}, ${shape.rows} x ${shape.columns}`,
    Math.round(bytes),
    isJson ? parse / 1_000 : "",
    decode / 1_000,
    decode / (shape.rows * shape.columns),
  ];
}

function cellsOf({ rows, columns }, i) {
  return Float32Array.from(
    { length: rows * columns },
    (_, k) => Math.round(Math.abs(Math.sin(i + k)) * 1e4) / 1e4,
  );
}

/** Four decimals, as a float64 is written. */
function numbersOf(shape, i) {
  return Array.from(cellsOf(shape, i), (cell) => Number(cell.toFixed(4)));
}

function v1(shape, i) {
  const numbers = numbersOf(shape, i);
  const rows = Array.from({ length: shape.rows }, (_, row) =>
    numbers.slice(row * shape.columns, (row + 1) * shape.columns),
  );
  return Buffer.from(JSON.stringify({ instances: rows }));
}

function v2(shape, i) {
  const tensor = {
    name: "x",
    shape: [shape.rows, shape.columns],
    datatype: "FP64",
    data: numbersOf(shape, i),
  };
  return Buffer.from(JSON.stringify({ id: eventId(i), inputs: [tensor] }));
}

function binary(shape, i) {
  const data = Buffer.from(cellsOf(shape, i).buffer);
  const parameters = { binary_data_size: data.length };
  const tensor = { name: "x", shape: [shape.rows, shape.columns], datatype: "FP32", parameters };
  return Buffer.concat([Buffer.from(JSON.stringify({ inputs: [tensor] })), data]);
}

/** A ModelInferRequest with typed contents (fp32_contents). */
function protobuf(shape, i) {
  const cells = field(6, Buffer.from(cellsOf(shape, i).buffer));
  const dimensions = Buffer.concat([varint(shape.rows), varint(shape.columns)]);
  const tensor = [
    field(1, Buffer.from("x")),
    field(2, Buffer.from("FP32")),
    field(3, dimensions),
    field(5, cells),
  ];
  return Buffer.concat([
    field(1, Buffer.from(MODEL)),
    field(3, Buffer.from(eventId(i))),
    field(5, Buffer.concat(tensor)),
  ]);
}

function field(number, bytes) {
  return Buffer.concat([varint((number << 3) | 2), varint(bytes.length), bytes]);
}

function varint(value) {
  const bytes = [];
  for (; value > 127; value >>>= 7) bytes.push((value & 127) | 128);
  return Buffer.from([...bytes, value]);
}

function eventId(i) {
  return `5d1feff1-6775-4666-9f69-${String(i).padStart(12, "0")}`;
}

function keyed(i, value) {
  return { value, key: Buffer.from(eventId(i)), headers: {} };
}

function attributesOf(i) {
  return {
    specversion: "1.0",
    id: eventId(i),
    source: "http://localhost:9081/",
    type: "org.kubeflow.serving.inference.request",
    time: new Date(START + i).toISOString(),
    component: "predictor",
    endpoint: "default",
    inferenceservicename: MODEL,
    namespace: "ml-team",
    metadata: "{}",
  };
}

/** Binary mode over Kafka: attributes are headers, bytes as kafkajs hands them on. */
function inEvent(i, value, contentType = "application/json") {
  const headers = { "content-type": Buffer.from(contentType) };
  for (const [name, text] of Object.entries(attributesOf(i))) headers[`ce_${name}`] = Buffer.from(text);
  return { value, headers };
}

function structured(i, data) {
  const event = JSON.stringify(attributesOf(i));
  const value = Buffer.concat([Buffer.from(`${event.slice(0, -1)},"data":`), data, Buffer.from("}")]);
  return { value, headers: { "content-type": Buffer.from(STRUCTURED) } };
}
