import { describe, expect, it } from "vitest";
import { rowsOf } from "./body-of.ts";
import { inferMessage } from "./oip-message.ts";
import { OTHER_CELL } from "./plain/body.ts";

/** The cells of a raw tensor of as many rows. */
function cellsOf(datatype: string, bytes: readonly number[], rows: number): unknown {
  const message = inferMessage([{ name: "x", datatype, shape: [rows] }], {
    contents: [Uint8Array.from(bytes)],
  });
  const read = rowsOf(message);
  return typeof read === "string" ? read : read.x.flat();
}

describe("raw tensors", () => {
  it.each([
    ["BOOL", [0, 1, 2], [false, true, true]],
    ["INT8", [0x80, 0x7f, 0xff], [-128, 127, -1]],
    ["UINT8", [0x80, 0x7f, 0xff], [128, 127, 255]],
    ["INT16", [0, 0x80, 0xff, 0x7f], [-32_768, 32_767]],
    ["UINT16", [0, 0x80, 0xff, 0xff], [32_768, 65_535]],
    ["INT32", [0, 0, 0, 0x80, 1, 0, 0, 0], [-2_147_483_648, 1]],
    ["UINT32", [0, 0, 0, 0x80, 255, 255, 255, 255], [2_147_483_648, 4_294_967_295]],
    ["FP64", [0, 0, 0, 0, 0, 0, 0xf0, 0x3f], [1]],
    ["FP32", [0, 0, 0x80, 0x7f, 0, 0, 0xc0, 0x7f, 0, 0, 0, 0x80], [Infinity, NaN, -0]],
  ])("of %s are little-endian", (datatype, bytes, expected) => {
    expect(cellsOf(datatype, bytes, expected.length)).toEqual(expected);
  });

  it("of FP16 have all its values", () => {
    const bits = [
      0x0000, 0x8000, 0x0001, 0x03ff, 0x0400, 0x3c00, 0x3555, 0xc000, 0x7bff, 0x7c00, 0xfc00, 0x7e00,
    ];
    const values = [
      0,
      -0,
      2 ** -24,
      1023 * 2 ** -24,
      2 ** -14,
      1,
      0.333251953125,
      -2,
      65_504,
      Infinity,
      -Infinity,
      NaN,
    ];
    const bytes = bits.flatMap((word) => [word & 0xff, word >> 8]);
    expect(cellsOf("FP16", bytes, bits.length)).toEqual(values);
  });

  it("of BF16 are the upper halves of FP32", () => {
    const words = Uint16Array.from({ length: 65_536 }, (_, i) => i);
    const wide = new Float32Array(Uint32Array.from(words, (word) => word * 65_536).buffer);
    const cells = cellsOf("BF16", [...new Uint8Array(words.buffer)], words.length);
    expect(cells).toEqual([...wide]);
  });

  it("of 64-bit integers keep all digits where float64 does not", () => {
    const values = [
      0n,
      -1n,
      2n ** 53n - 1n,
      2n ** 53n,
      2n ** 53n + 1n,
      -(2n ** 53n),
      -(2n ** 53n) - 1n,
      2n ** 63n - 1n,
      -(2n ** 63n),
    ];
    const shown = [
      0,
      -1,
      2 ** 53 - 1,
      2n ** 53n,
      2n ** 53n + 1n,
      -(2 ** 53),
      -(2n ** 53n) - 1n,
      2n ** 63n - 1n,
      -(2n ** 63n),
    ];
    expect(cellsOf("INT64", [...new Uint8Array(BigInt64Array.from(values).buffer)], values.length)).toEqual(
      shown,
    );
    const unsigned = [2n ** 64n - 1n, 2n ** 63n, 10n ** 19n, 12_345_678_901_234_567_890n, 5n];
    const bytes = [...new Uint8Array(BigUint64Array.from(unsigned).buffer)];
    expect(cellsOf("UINT64", bytes, unsigned.length)).toEqual([...unsigned.slice(0, 4), 5]);
  });

  it("of BYTES have each its length", () => {
    expect(cellsOf("BYTES", [2, 0, 0, 0, 0x48, 0x69, 0, 0, 0, 0, 1, 0, 0, 0, 0xff], 3)).toEqual([
      "Hi",
      "",
      OTHER_CELL,
    ]);
    expect(cellsOf("BYTES", [2, 0, 0, 0, 0x48], 1)).toBe("undecodable");
    expect(cellsOf("BYTES", [255, 255, 255, 255, 0x48], 1)).toBe("undecodable");
    expect(cellsOf("BYTES", [2, 0, 0], 1)).toBe("undecodable");
    // A sequence of UTF-8 that runs on into the next text is none.
    expect(cellsOf("BYTES", [1, 0, 0, 0, 0xc3, 1, 0, 0, 0, 0x61], 2)).toEqual([OTHER_CELL, "a"]);
  });

  it.each(["INT16", "FP32", "INT64"])("of %s are whole cells", (datatype) => {
    expect(cellsOf(datatype, [0, 0, 0], 1)).toBe("undecodable");
  });
});
