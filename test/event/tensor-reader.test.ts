import { describe, expect, it } from "vitest";
import { READ, readBody, UNDECODABLE } from "../../src/event/tensor-body-reader.ts";
import { createTensorReader } from "../../src/event/tensor-reader.ts";
import type { TensorReader } from "../../src/event/tensor-reader.ts";
import { shownBody } from "./plain/body.ts";
import { field, inferMessage, varint } from "./oip-message.ts";

const MEGABYTE = 1_048_576;

function read(reader: TensorReader, value: string | Uint8Array): number {
  const bytes = typeof value === "string" ? Buffer.from(value) : value;
  return readBody(reader, bytes, { kind: "request", maxBytes: MEGABYTE });
}

/** Bytes that the arrays of a reader take. */
function heldBytes({ body, pool, scratch }: TensorReader): number {
  const arrays = body.tensors.flatMap((t) => [t.states, t.numbers, t.starts, t.stops]);
  return arrays.reduce((sum, array) => sum + array.byteLength, pool.byteLength + scratch.byteLength);
}

const v2 = (shape: string) => `{"inputs":[{"name":"x","shape":${shape},"datatype":"FP32","data":[]}]}`;

describe("the memory of a reader", () => {
  it.each([
    ["a shape of 2^31", v2("[2147483648]"), UNDECODABLE],
    ["a shape of 2^31 rows without cells", v2("[2147483648,0]"), READ],
    ["no rows of 2^31 cells", v2("[0,2147483648]"), READ],
    ["a shape of 2^53", v2("[9007199254740991,9007199254740991]"), UNDECODABLE],
    ["a nesting of 10,000", `{"instances":${"[".repeat(10_000)}${"]".repeat(10_000)}}`, UNDECODABLE],
    [
      "a nesting of 10,000 objects",
      `{"instances":[${'{"a":'.repeat(10_000)}1${"}".repeat(10_000)}]}`,
      UNDECODABLE,
    ],
    ["100 dimensions", v2(`[${Array(100).fill(1).join()}]`), UNDECODABLE],
    ["raw contents of 2^31 rows", inferMessage([{ datatype: "BOOL", shape: [2 ** 31 - 1] }]), UNDECODABLE],
    [
      "a text of 2^32 bytes",
      inferMessage([{ datatype: "BYTES", shape: [1] }], { contents: [Buffer.alloc(4, 255)] }),
      UNDECODABLE,
    ],
    ["a length of 2^40", Buffer.concat([field(1, "m"), Buffer.of(0x2a), varint(2n ** 40n)]), UNDECODABLE],
  ])("is hardly touched by %s", (_, value, outcome) => {
    const reader = createTensorReader();
    expect(read(reader, value)).toBe(outcome);
    expect(reader.body.rows * (outcome === READ ? 1 : 0)).toBe(0);
    expect(heldBytes(reader)).toBeLessThan(100_000);
  });

  it("is bounded where few keys stand in many rows", () => {
    const reader = createTensorReader();
    const keys = Array.from({ length: 2_000 }, (_, i) => `{"k${i}":1}`).join();
    const rows = `{"instances":[${keys}${",{}".repeat(100_000)}]}`;
    expect(read(reader, rows)).toBe(UNDECODABLE);
    const wide = `{"instances":[[${Array(100_000).fill(1).join()}]${",[]".repeat(100_000)}]}`;
    expect(read(reader, wide)).toBe(UNDECODABLE);
    expect(heldBytes(reader)).toBeLessThan(64 * MEGABYTE);
    // Sparse rows of a usual kind are read.
    expect(
      read(reader, `{"instances":[${Array.from({ length: 300 }, (_, i) => `{"k${i}":1}`).join()}]}`),
    ).toBe(READ);
    expect(shownBody(reader.body)).toMatchObject({ rows: 300, tensors: { length: 300 } });
  });

  it("is bounded where rows grow one by one", () => {
    const reader = createTensorReader();
    const rows = Array.from({ length: 900 }, (_, i) => `[${Array(i).fill(1).join()}]`).join();
    expect(read(reader, `{"instances":[${rows}]}`)).toBe(READ);
    expect(
      shownBody(reader.body).tensors[0].rows.map((row) => row.filter((cell) => cell === 1).length),
    ).toEqual(Array.from({ length: 900 }, (_, i) => i));
  });

  it("refuses more tensors than any model has", () => {
    const reader = createTensorReader();
    const keys = (count: number) =>
      `{"instances":[{${Array.from({ length: count }, (_, i) => `"k${i}":1`).join()}}]}`;
    expect(read(reader, keys(16_384))).toBe(READ);
    expect(read(reader, keys(16_385))).toBe(UNDECODABLE);
  });

  it("is given back after bodies that needed much of it", () => {
    const reader = createTensorReader();
    const large = `{"instances":[[${Array(500_000).fill("1").join()}],["${"a".repeat(20)}"]]}`;
    expect(read(reader, large)).toBe(READ);
    const escaped = String.raw`{"instances":["\u0041${"b".repeat(3 * MEGABYTE)}"]}`;
    expect(read(reader, escaped)).toBe(READ);
    expect(heldBytes(reader)).toBeGreaterThan(MEGABYTE);
    for (let i = 0; i < 3; i++) expect(read(reader, '{"instances":[1]}')).toBe(READ);
    expect(heldBytes(reader)).toBeLessThan(100_000);
    expect(shownBody(reader.body).tensors).toEqual([{ name: "instances", datatype: "", rows: [[1]] }]);
  });
});

describe("names of tensors", () => {
  it("are the same strings from body to body", () => {
    const reader = createTensorReader();
    read(reader, '{"instances":[{"alpha":1,"beta":2}]}');
    const names = reader.body.tensors.map(({ name }) => name);
    read(reader, '{"instances":[{"alpha":1,"beta":2}]}');
    expect(reader.body.tensors.map(({ name }) => name)).toEqual(names);
  });

  it("stay right where bodies take turns, and where there are more than are remembered", () => {
    const reader = createTensorReader();
    const names = Array.from({ length: 300 }, (_, i) => `column-${i}`);
    for (let round = 0; round < 3; round++) {
      for (const name of [...names, "alpha", 'a "quoted" one', "alpha"]) {
        read(reader, `{"instances":[{${JSON.stringify(name)}:1},{${JSON.stringify(name)}:2}]}`);
        expect(shownBody(reader.body)).toMatchObject({ rows: 2, tensors: [{ name }] });
      }
    }
  });

  it("longer than any column's are passed over as keys and refused as names", () => {
    const reader = createTensorReader();
    const long = "k".repeat(1_025);
    expect(read(reader, `{"instances":[{"a":1,"${long}":[1,{"b":2}],"c":3}]}`)).toBe(READ);
    expect(shownBody(reader.body).tensors.map(({ name }) => name)).toEqual(["a", "c"]);
    expect(read(reader, `{"inputs":[{"name":"${long}","shape":[1],"datatype":"INT8","data":[1]}]}`)).toBe(
      UNDECODABLE,
    );
  });
});
