import { crc32 } from "node:zlib";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkPacked, pack, unpackInto } from "../../src/counts/packed.ts";

const count = fc.oneof(
  { weight: 6, arbitrary: fc.constant(0) },
  fc.nat(300),
  fc.nat(70_000),
  fc.constantFrom(2 ** 32 - 1, 2 ** 32, 2 ** 53),
);
const integer = fc.oneof(
  count,
  count.map((n) => -n),
);
const vectors = fc.oneof(
  fc.array(count, { maxLength: 400 }),
  fc.array(fc.nat(200), { maxLength: 400 }),
  fc.array(fc.nat(60_000), { maxLength: 400 }),
  fc.array(integer, { maxLength: 400 }),
);

describe("pack", () => {
  it("comes back to the bit, and subtracting gives zero again", () => {
    fc.assert(
      fc.property(vectors, (numbers) => {
        const vector = Float64Array.from(numbers, (n) => n + 0);
        const bytes = pack(vector);
        checkPacked(bytes, "a test");
        const sum = new Float64Array(vector.length);
        unpackInto(bytes, sum, 1);
        expect(sum).toEqual(vector);
        unpackInto(bytes, sum, -1);
        expect(sum.every((n) => n === 0)).toBe(true);
      }),
    );
  });

  it("adds to what is there, and packs a part of a longer vector", () => {
    const blocks = Float64Array.of(9, 9, 1, 0, 2, 9);
    const sum = Float64Array.of(10, 20, 30);
    unpackInto(pack(blocks, 2, 3), sum, 1);
    expect([...sum]).toEqual([11, 20, 32]);
  });

  it("refuses every flipped bit and every truncation", () => {
    const bytes = pack(Float64Array.of(0, 3, 0, 0, 1000, 70_000, 0, 1));
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const flipped = bytes.slice();
      flipped[bit >> 3] ^= 1 << (bit & 7);
      expect(() => checkPacked(flipped, "pane 7")).toThrow(
        /pane 7 are damaged: .* `driftd state verify` says/,
      );
    }
    for (let length = 0; length < bytes.length; length += 1) {
      expect(() => checkPacked(bytes.subarray(0, length), "pane 7")).toThrow(/damaged/);
    }
  });

  it("refuses a vector of another length", () => {
    const bytes = pack(Float64Array.of(1, 2, 3));
    expect(() => unpackInto(bytes, new Float64Array(4), 1)).toThrow(/3 numbers were found where 4 belong/);
  });

  it("tells a later format from damage", () => {
    const bytes = pack(Float64Array.of(1));
    bytes[0] = 2;
    new DataView(bytes.buffer).setUint32(bytes.length - 4, crc32(bytes.subarray(0, bytes.length - 4)), true);
    expect(() => checkPacked(bytes, "pane 7")).toThrow(/later driftd/);
  });

  it("takes fewer bytes for a vector of few counts", () => {
    const few = new Float64Array(4_000);
    few[100] = 1;
    few[3_900] = 2;
    expect(pack(few).length).toBeLessThan(20);
    expect(pack(new Float64Array(4_000).fill(7)).length).toBeLessThan(4_020);
  });
});
