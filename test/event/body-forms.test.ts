import { gzipSync } from "node:zlib";
import * as fc from "fast-check";
import { expect, it } from "vitest";
import { bodyOf } from "./body-of.ts";
import { field, framed, inferMessage, varint } from "./oip-message.ts";
import type { WrittenTensor } from "./oip-message.ts";
import type { PlainCell } from "./plain/body.ts";
import { plainWide } from "./plain/raw.ts";

type Value = number | bigint | boolean | string;

interface Batch {
  readonly name: string;
  readonly datatype: string;
  readonly rows: number;
  readonly width: number;
  readonly values: readonly Value[];
}

/** The values that a datatype has, the field of typed contents, and its raw bytes. */
interface Datatype {
  readonly values: fc.Arbitrary<Value>;
  readonly field?: number;
  readonly write: (value: Value) => Buffer;
}

function numbers(bytes: number, write: (buffer: Buffer, value: number) => void): (value: Value) => Buffer {
  return (value) => {
    const buffer = Buffer.alloc(bytes);
    write(buffer, Number(value));
    return buffer;
  };
}

const signed = (bits: number) => fc.integer({ min: -(2 ** (bits - 1)), max: 2 ** (bits - 1) - 1 });
const unsigned = (bits: number) => fc.integer({ min: 0, max: 2 ** bits - 1 });
const words = (min: bigint, max: bigint) =>
  fc.oneof(fc.bigInt({ min, max }), fc.bigInt({ min: 0n, max: 100n }));

const DATATYPES: Readonly<Record<string, Datatype>> = {
  BOOL: { values: fc.boolean(), field: 1, write: (value) => Buffer.of(Number(value)) },
  INT8: { values: signed(8), field: 2, write: numbers(1, (b, v) => b.writeInt8(v)) },
  INT16: { values: signed(16), field: 2, write: numbers(2, (b, v) => b.writeInt16LE(v)) },
  INT32: { values: signed(32), field: 2, write: numbers(4, (b, v) => b.writeInt32LE(v)) },
  INT64: {
    values: words(-(2n ** 63n), 2n ** 63n - 1n),
    field: 3,
    write: (value) => Buffer.from(BigInt64Array.of(BigInt(value)).buffer),
  },
  UINT8: { values: unsigned(8), field: 4, write: numbers(1, (b, v) => b.writeUInt8(v)) },
  UINT16: { values: unsigned(16), field: 4, write: numbers(2, (b, v) => b.writeUInt16LE(v)) },
  UINT32: { values: unsigned(32), field: 4, write: numbers(4, (b, v) => b.writeUInt32LE(v)) },
  UINT64: {
    values: words(0n, 2n ** 64n - 1n),
    field: 5,
    write: (value) => Buffer.from(BigUint64Array.of(BigInt(value)).buffer),
  },
  FP32: { values: fc.float(), field: 6, write: numbers(4, (b, v) => b.writeFloatLE(v)) },
  FP64: { values: fc.double(), field: 7, write: numbers(8, (b, v) => b.writeDoubleLE(v)) },
  BF16: {
    values: fc
      .float()
      .map((value) => Math.fround(value))
      .map(upperHalf),
    write: numbers(2, (b, v) => b.writeUInt16LE(bitsOf(v) >>> 16)),
  },
  BYTES: {
    values: fc.string({ unit: "grapheme", maxLength: 6 }),
    field: 8,
    write: (value) => {
      const text = Buffer.from(String(value));
      return Buffer.concat([Buffer.from(Uint32Array.of(text.length).buffer), text]);
    },
  },
};

function bitsOf(value: number): number {
  return new Uint32Array(Float32Array.of(value).buffer)[0];
}

/** The bfloat16 that a float begins with; NaN stays one. */
function upperHalf(value: number): number {
  if (Number.isNaN(value)) return value;
  return new Float32Array(Uint32Array.of(bitsOf(value) & 0xffff_0000).buffer)[0];
}

const batch: fc.Arbitrary<Batch> = fc
  .record({
    name: fc.string({ unit: "grapheme", maxLength: 8 }),
    datatype: fc.constantFrom(...Object.keys(DATATYPES)),
    rows: fc.constantFrom(1, 2, 5, 17, 40),
    width: fc.integer({ min: 1, max: 6 }),
  })
  .chain(({ name, datatype, rows, width }) =>
    fc
      .array(DATATYPES[datatype].values, { minLength: rows * width, maxLength: rows * width })
      .map((values) => ({ name, datatype, rows, width, values })),
  );

const batches = fc.array(batch, { minLength: 1, maxLength: 4 }).map((drawn) => {
  // All have the rows of the first one.
  const { rows } = drawn[0];
  return drawn.map((one) => ({
    ...one,
    rows,
    values: Array.from({ length: rows * one.width }, (_, i) => one.values[i % one.values.length]),
  }));
});

function jsonOf(value: Value): string {
  return typeof value === "string" ? JSON.stringify(value) : Object.is(value, -0) ? "-0" : String(value);
}

function jsonBody(given: readonly Batch[], data: (one: Batch) => string): Buffer {
  const inputs = given.map(
    (one) =>
      `{"name": ${JSON.stringify(one.name)}, "shape": [${one.rows}, ${one.width}], "datatype": "${one.datatype}", ${data(one)}}`,
  );
  return Buffer.from(`{"id": "id-1", "inputs": [${inputs.join(", ")}]}`);
}

function rowsOf({ values, rows, width }: Batch): Value[][] {
  return Array.from({ length: rows }, (_, row) => values.slice(row * width, (row + 1) * width));
}

const rawOf = ({ values, datatype }: Batch): Buffer => Buffer.concat(values.map(DATATYPES[datatype].write));
const shapeOf = ({ rows, width }: Batch): number[] => [rows, width];

function contentsOf({ values, datatype }: Batch): Buffer {
  const { field: number = 0, write } = DATATYPES[datatype];
  if (number === 8) return Buffer.concat(values.map((value) => field(8, String(value))));
  if (number >= 6) return field(number, Buffer.concat(values.map(write)));
  const integers = values.map((value) => varint(typeof value === "bigint" ? value : Number(value)));
  return field(number, Buffer.concat(integers));
}

const isTyped = ({ datatype }: Batch): boolean => DATATYPES[datatype].field !== undefined;

function typedTensor(one: Batch): WrittenTensor {
  return { name: one.name, datatype: one.datatype, shape: shapeOf(one), contents: contentsOf(one) };
}

function rawMessage(given: readonly Batch[]): Buffer {
  const tensors = given.map((one) => ({ name: one.name, datatype: one.datatype, shape: shapeOf(one) }));
  return inferMessage(tensors, { contents: given.map(rawOf) });
}

const FORMS: readonly ((given: readonly Batch[]) => Buffer)[] = [
  (given) => jsonBody(given, ({ values }) => `"data": [${values.map(jsonOf).join(",")}]`),
  (given) =>
    jsonBody(
      given,
      (one) =>
        `"data": [${rowsOf(one)
          .map((row) => `[${row.map(jsonOf).join(", ")}]`)
          .join(", ")}]`,
    ),
  (given) =>
    Buffer.concat([
      jsonBody(given, (one) => `"parameters": {"binary_data_size": ${rawOf(one).length}}`),
      ...given.map(rawOf),
    ]),
  (given) => (given.every(isTyped) ? inferMessage(given.map(typedTensor)) : rawMessage(given)),
  rawMessage,
];

function cellOf(value: Value): PlainCell {
  return typeof value === "bigint" ? plainWide(value) : value;
}

it("the same batch has the same cells in whatever form it comes", () => {
  fc.assert(
    fc.property(batches, (given) => {
      const tensors = given.map((one) => ({
        name: one.name,
        datatype: one.datatype,
        rows: rowsOf(one).map((row) => row.map(cellOf)),
      }));
      for (const form of FORMS) {
        const bytes = form(given);
        const expected = { kind: "request", id: "id-1", rows: given[0].rows, tensors };
        const frames = bytes[0] === 0x7b ? [] : [framed(bytes), framed(gzipSync(bytes), 1)];
        for (const sent of [bytes, gzipSync(bytes), ...frames]) expect(bodyOf(sent)).toMatchObject(expected);
      }
    }),
    { numRuns: 60 },
  );
});
