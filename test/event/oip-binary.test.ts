import { describe, expect, it } from "vitest";
import { bodyOf, rowsOf } from "./body-of.ts";

function body(tensors: readonly object[], ...pieces: readonly (Uint8Array | string)[]): Buffer {
  const json = JSON.stringify({ id: "a", inputs: tensors });
  return Buffer.concat([Buffer.from(json), ...pieces.map((piece) => Buffer.from(piece))]);
}

const binary = (name: string, datatype: string, shape: readonly number[], size: number) => ({
  name,
  shape,
  datatype,
  parameters: { binary_data_size: size },
});

const X = binary("x", "FP32", [2], 8);
const DATA = Buffer.from(Float32Array.of(0.5, 2).buffer);

describe("Triton's binary data", () => {
  it("stand behind the JSON in the order of the tensors that say a size", () => {
    const tensors = [
      X,
      { name: "n", shape: [2], datatype: "INT8", data: [1, 2] },
      binary("s", "BYTES", [2], 10),
    ];
    const texts = Buffer.from("\x01\x00\x00\x00a\x01\x00\x00\x00}", "latin1");
    expect(rowsOf(body(tensors, DATA, texts))).toEqual({ x: [[0.5], [2]], n: [[1], [2]], s: [["a"], ["}"]] });
  });

  it("are found by their own length, whatever white space stands before them", () => {
    expect(rowsOf(body([X], " \r\n", DATA))).toEqual({ x: [[0.5], [2]] });
    const spaces = binary("x", "UINT8", [2], 2);
    expect(rowsOf(body([spaces], "  "))).toEqual({ x: [[0x20], [0x20]] });
    expect(rowsOf(body([spaces], "\n\n  "))).toEqual({ x: [[0x20], [0x20]] });
    expect(rowsOf(body([spaces], Buffer.of(0x20, 0x7d)))).toEqual({ x: [[0x20], [0x7d]] });
  });

  it("win over data in the JSON", () => {
    expect(rowsOf(body([{ ...X, data: [7, 8] }], DATA))).toEqual({ x: [[0.5], [2]] });
  });

  it("may be none, of a batch without rows", () => {
    expect(bodyOf(body([binary("x", "FP32", [0, 4], 0)]))).toMatchObject({ rows: 0 });
  });

  it.each([
    ["too short", body([X], DATA.subarray(1))],
    ["too long", body([X], DATA, "x")],
    ["behind something else", body([X], "x", DATA)],
    ["of another size than their shape", body([binary("x", "FP32", [3], 8)], DATA)],
    ["of no tensor", body([{ name: "x", shape: [1], datatype: "FP32", data: [1] }], DATA)],
    ["of a negative size", body([binary("x", "FP32", [2], -8)], DATA)],
    ["of a size beyond all bounds", body([binary("x", "FP32", [2], 2 ** 53)], DATA)],
  ])("are refused where they are %s", (_, bytes) => {
    expect(bodyOf(bytes)).toBe("undecodable");
  });
});
