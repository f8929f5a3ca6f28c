import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readNumber, skipNumber } from "../../src/event/json-number.ts";

const GRAMMAR = /^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?$/;

/** What is read of the text as a whole; undefined if it is not all one number. */
function read(text: string): number | undefined {
  const into = new Float64Array(1);
  const bytes = Buffer.from(text);
  const next = readNumber(bytes, 0, into, 0);
  return next === bytes.length && skipNumber(bytes, 0) === next ? into[0] : undefined;
}

/** Whether the number is read as Number(text), to the bit and the sign of zero. */
function isSame(text: string): boolean {
  return Object.is(read(text), Number(text));
}

const digits = (maxLength: number) =>
  fc.string({ unit: fc.constantFrom(..."0123456789"), minLength: 1, maxLength });

describe("readNumber", () => {
  it("is Number(text) to the bit, for every float64", () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        const text = JSON.stringify(value);
        expect({ text, same: isSame(text) }).toEqual({ text, same: true });
      }),
      { numRuns: 5_000 },
    );
  });

  it("is Number(text) to the bit, for decimals of up to 20 digits", () => {
    const decimal = fc
      .tuple(fc.constantFrom("", "-"), digits(10), digits(10))
      .map(([sign, a, b]) => `${sign}${BigInt(a)}.${b}`);
    fc.assert(
      fc.property(decimal, (text) => {
        expect({ text, same: isSame(text) }).toEqual({ text, same: true });
      }),
      { numRuns: 20_000 },
    );
  });

  it("is Number(text) to the bit, beside the middle between two floats", () => {
    // 2^53 .. 2^56 in steps of one: odd numbers stand exactly between two floats. Their tenths come near to it.
    const near = fc
      .tuple(fc.bigInt({ min: 2n ** 53n, max: 2n ** 59n }), fc.integer({ min: 0, max: 18 }))
      .map(([whole, places]) => {
        const text = whole.toString().padStart(places + 1, "0");
        return places === 0 ? text : `${text.slice(0, -places)}.${text.slice(-places)}`;
      });
    fc.assert(
      fc.property(near, (text) => {
        expect({ text, same: isSame(text) }).toEqual({ text, same: true });
      }),
      { numRuns: 20_000 },
    );
    for (const text of [
      "9007199254740993",
      "9007199254740993.0",
      "9007199254740992.5",
      "0.500000000000000111",
      "1.00000000000000011",
      "1.00000000000000033",
    ])
      expect({ text, same: isSame(text) }).toEqual({ text, same: true });
  });

  it("is Number(text) with exponents, or refuses what is no number", () => {
    const loose = fc.tuple(
      fc.constantFrom("", "-", "+"),
      fc.oneof(digits(20), fc.constant("0"), fc.constant("")),
      fc.oneof(
        digits(20).map((d) => `.${d}`),
        fc.constantFrom("", "."),
      ),
      fc.constantFrom("", "e", "E+", "e-"),
      fc.oneof(digits(3), fc.constant("")),
    );
    fc.assert(
      fc.property(
        loose.map((parts) => parts.join("")),
        (text) => {
          expect(read(text)).toBe(GRAMMAR.test(text) ? Number(text) : undefined);
        },
      ),
      { numRuns: 20_000 },
    );
  });

  it.each([
    "0",
    "-0",
    "-0.0",
    "0e0",
    "0e999999999999",
    "1e400",
    "-1e400",
    "1e-400",
    "5e-324",
    "1.7976931348623157e308",
    "1e22",
    "1e23",
    "1e-22",
    "1e-23",
    "123456789012345678901234567890",
    "0.1",
    "0.30000000000000004",
    "1e00000000000000000001",
  ])("reads %s", (text) => {
    expect({ text, same: isSame(text) }).toEqual({ text, same: true });
  });

  it.each(["", "-", "01", "-01", "1.", ".1", "1e", "1e+", "+1", "a", "--1", "0x10"])(
    "refuses %j as a whole",
    (text) => {
      const bytes = Buffer.from(text);
      expect(readNumber(bytes, 0, new Float64Array(1), 0)).not.toBe(bytes.length === 0 ? 0 : bytes.length);
      expect(GRAMMAR.test(text)).toBe(false);
    },
  );
});
