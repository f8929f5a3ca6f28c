// CPU of each reader of bodies per cell and per row, beside JSON.parse of the same bytes where they are JSON.
import { READ, readBody } from "../../dist/event/tensor-body-reader.js";
import { createTensorReader } from "../../dist/event/tensor-reader.js";
import { printTable } from "./table.mjs";
import { timeVariants } from "./timing.mjs";

const OPTIONS = { kind: "request", maxBytes: 1_000_000 };
const SHAPES = [
  { rows: 1, width: 4 },
  { rows: 100, width: 20 },
];
/** Different bodies, so that no branch is learnt by heart. */
const BODIES = 64;

export function runBodies() {
  for (const shape of SHAPES) {
    printTable(
      `decode: bodies of ${shape.rows} x ${shape.width} numbers of 3 decimals, medians of interleaved rounds`,
      [
        ["", "bytes", "JSON.parse ns/cell", "reader ns/cell", "ratio", "reader us/row"],
        ...Object.entries(FORMATS).map(([name, write]) => measure(name, write, shape)),
      ],
    );
  }
}

function measure(name, write, { rows, width }) {
  const bodies = Array.from({ length: BODIES }, (_, i) => write(valuesOf(rows, width, i), width));
  const reader = createTensorReader();
  const isJson = bodies[0][0] === 0x7b && bodies[0].at(-1) === 0x7d;
  const rounds = Math.ceil(40_000 / (BODIES * rows * width));
  let sink = 0;
  const read = () => {
    for (let round = 0; round < rounds; round++) {
      for (const bytes of bodies) {
        if (readBody(reader, bytes, OPTIONS) !== READ || reader.body.rows !== rows)
          throw new Error("a body was lost");
        sink += reader.body.tensors[0].states[0];
      }
    }
  };
  const parse = () => {
    for (let round = 0; round < rounds; round++) {
      for (const bytes of bodies) sink += Object.keys(JSON.parse(bytes.toString())).length;
    }
  };
  const times = timeVariants(isJson ? { parse, read } : { read }, {
    units: rounds * BODIES * rows * width,
    rounds: 41,
  });
  if (Number.isNaN(sink)) throw new Error("a value was lost");
  return [
    name,
    bodies[0].length,
    isJson ? times.parse : "",
    times.read,
    isJson ? times.read / times.parse : "",
    (times.read * width) / 1_000,
  ];
}

/** Row by row. */
function valuesOf(rows, width, seed) {
  return Array.from({ length: rows * width }, (_, i) => ((i * 7_919 + seed * 104_729) % 1_000_003) / 1_000);
}

function rowsOf(values, width) {
  return Array.from({ length: values.length / width }, (_, row) =>
    values.slice(row * width, (row + 1) * width),
  );
}

const FORMATS = {
  "V1, lists": (values, width) => json({ instances: rowsOf(values, width) }),
  "V1, objects": (values, width) =>
    json({
      instances: rowsOf(values, width).map((row) =>
        Object.fromEntries(row.map((value, i) => [`feature_${i}`, value])),
      ),
    }),
  "V2, flat": (values, width) => json(v2({ shape: [values.length / width, width], data: values })),
  "V2, nested": (values, width) =>
    json(v2({ shape: [values.length / width, width], data: rowsOf(values, width) })),
  "V2, a tensor per column": (values, width) => {
    const rows = rowsOf(values, width);
    const inputs = rows[0].map((_, i) => ({
      name: `feature_${i}`,
      shape: [rows.length],
      datatype: "FP64",
      data: rows.map((row) => row[i]),
    }));
    return json({ id: "7ea0dd4d-3b15-4b97-a58e-c9dbc8e2ae56", inputs });
  },
  "V2, binary FP32": (values, width) => {
    const data = Buffer.from(Float32Array.from(values).buffer);
    const head = v2({ shape: [values.length / width, width], parameters: { binary_data_size: data.length } });
    return Buffer.concat([json(head), data]);
  },
  "protobuf, FP32": (values, width) =>
    message(values.length / width, width, {
      contents: field(6, Buffer.from(Float32Array.from(values).buffer)),
    }),
  "protobuf, raw FP32": (values, width) =>
    message(values.length / width, width, { raw: Buffer.from(Float32Array.from(values).buffer) }),
  "protobuf, INT64": (values, width) =>
    message(values.length / width, width, {
      datatype: "INT64",
      contents: field(3, Buffer.concat(values.map((value) => varint(BigInt(Math.round(value * 1_000)))))),
    }),
  "protobuf, raw INT64 beyond 2^53": (values, width) => {
    const raw = BigInt64Array.from(values, (value) => BigInt(Math.round(value * 1_000)) + 2n ** 60n);
    return message(values.length / width, width, { datatype: "INT64", raw: Buffer.from(raw.buffer) });
  },
  "protobuf, BYTES of 7 letters": (values, width) =>
    message(values.length / width, width, {
      datatype: "BYTES",
      contents: Buffer.concat(
        values.map((value) => field(8, Buffer.from(value.toFixed(3).padStart(7, "x")))),
      ),
    }),
};

function json(value) {
  return Buffer.from(JSON.stringify(value));
}

function v2(tensor) {
  return { id: "7ea0dd4d-3b15-4b97-a58e-c9dbc8e2ae56", inputs: [{ name: "x", datatype: "FP32", ...tensor }] };
}

function varint(value) {
  const bytes = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  do {
    bytes.push(Number(rest & 127n) | (rest > 127n ? 128 : 0));
    rest >>= 7n;
  } while (rest > 0n);
  return Buffer.from(bytes);
}

function field(number, content) {
  return Buffer.concat([varint(number * 8 + 2), varint(content.length), content]);
}

/** A ModelInferRequest of one tensor. */
function message(rows, width, { datatype = "FP32", contents, raw }) {
  const tensor = Buffer.concat([
    field(1, Buffer.from("x")),
    field(2, Buffer.from(datatype)),
    field(3, Buffer.concat([varint(rows), varint(width)])),
    ...(contents === undefined ? [] : [field(5, contents)]),
  ]);
  const id = Buffer.from("7ea0dd4d-3b15-4b97-a58e-c9dbc8e2ae56");
  const parts = [field(1, Buffer.from("flights")), field(3, id), field(5, tensor)];
  return Buffer.concat(raw === undefined ? parts : [...parts, field(7, raw)]);
}
