import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { crc32 } from "node:zlib";
import { pack } from "../../src/counts/packed.ts";
import { placeCounts, takeCounts } from "../../src/state/placed-counts.ts";
import { placeOf, seal, unseal } from "../../src/state/sealed.ts";
import { bytesOf } from "./commits.ts";
import { firstSeal } from "./first-seal.ts";

const WHAT = "the state of a task";
const DAMAGED = expect.objectContaining({ code: "STATE_DAMAGED" });

const bytes = fc.uint8Array({ minLength: 1, maxLength: 40 });

function flip(changed: Uint8Array, bit: number): Uint8Array {
  const flipped = new Uint8Array(changed);
  const at = bit % (8 * flipped.length);
  flipped[at >> 3] ^= 1 << (at & 7);
  return flipped;
}

describe("a sealed value", () => {
  it("comes back where it was put, and is damage under any other key or with any other bit", () => {
    fc.assert(
      fc.property(bytes, bytes, fc.nat(), (payload, key, bit) => {
        const place = placeOf(key);
        const sealed = seal(payload, place);
        expect(unseal(sealed, { what: WHAT, place })).toEqual(payload);
        expect(() => unseal(sealed, { what: WHAT, place: placeOf(flip(key, bit)) })).toThrow(DAMAGED);
        expect(() => unseal(flip(sealed, bit), { what: WHAT, place })).toThrow(DAMAGED);
      }),
    );
  });

  it("is told by its name, and what is left of one that was cut short too", () => {
    const sealed = seal(bytesOf("a state"), placeOf("key", "field"));
    expect(() => unseal(sealed, { what: WHAT, place: placeOf("key", "other") })).toThrow(
      "The checksum of the state of a task is wrong.",
    );
    for (let length = 0; length < sealed.length; length += 1) {
      const place = placeOf("key", "field");
      expect(() => unseal(sealed.subarray(0, length), { what: WHAT, place })).toThrow(DAMAGED);
    }
  });

  it("of an earlier driftd is told from a damaged one, and so is one of a later", () => {
    const place = placeOf("key");
    const first = firstSeal(bytesOf("a state"));
    expect(() => unseal(first, { what: WHAT, place })).toThrow(
      expect.objectContaining({ code: "STATE_OLDER", message: expect.stringContaining("earlier driftd") }),
    );
    expect(() => unseal(flip(first, 70), { what: WHAT, place })).toThrow(DAMAGED);
    const later = Buffer.from(seal(bytesOf("a state"), place));
    later.writeUInt32LE(3, 4);
    later.writeUInt32LE(crc32(later.subarray(4), place), 0);
    expect(() => unseal(later, { what: WHAT, place })).toThrow(
      expect.objectContaining({ code: "STATE_NEWER" }),
    );
  });
});

describe("placed counts", () => {
  const counts = fc.array(fc.nat(), { maxLength: 20 }).map((list) => pack(Float64Array.from(list)));

  it("come back where they were put, and are damage under any other key or with any other bit", () => {
    fc.assert(
      fc.property(counts, bytes, fc.nat(), (packed, key, bit) => {
        const place = placeOf(key);
        const stored = placeCounts(packed, place);
        const there = new Uint8Array(stored);
        takeCounts(there, { what: "panes", place });
        expect(there).toEqual(packed);
        const elsewhere = placeOf(flip(key, bit));
        expect(() => takeCounts(new Uint8Array(stored), { what: "panes", place: elsewhere })).toThrow(
          DAMAGED,
        );
        expect(() => takeCounts(flip(stored, bit), { what: "panes", place })).toThrow(DAMAGED);
      }),
    );
  });

  it("leave what they were made of as it was", () => {
    const packed = Buffer.from(pack(Float64Array.of(1, 2, 3)));
    const before = Buffer.from(packed);
    placeCounts(packed, placeOf("key"));
    expect(packed.equals(before)).toBe(true);
  });

  it("of an earlier driftd are told from damaged ones", () => {
    const packed = pack(Float64Array.of(1, 2, 3));
    expect(() => takeCounts(packed, { what: "panes", place: placeOf("key") })).toThrow(
      expect.objectContaining({ code: "STATE_OLDER" }),
    );
  });

  it.each([0, 1, 3])("of %d bytes are damage", (length) => {
    expect(() => takeCounts(new Uint8Array(length), { what: "panes", place: placeOf("key") })).toThrow(
      DAMAGED,
    );
  });
});
