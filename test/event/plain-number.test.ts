import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LONGEST_PLAIN, plainNumber } from "../../src/event/plain-number.ts";
import { columnOf, decoderOf, NOW, planOf, recordsOf, streamOf } from "./records-of.ts";
import { fill } from "./fill-half.ts";
import { bodyOf, tensorOf } from "./tensor-of.ts";

describe("plainNumber", () => {
  it("is the decimal that a float of 32 bits was made of, to the bit", () => {
    const decimal = fc.tuple(fc.integer({ min: -999_999, max: 999_999 }), fc.integer({ min: 0, max: 6 }));
    fc.assert(
      fc.property(decimal, ([digits, places]) => {
        const value = Number(`${digits}e-${places}`);
        expect(plainNumber(Math.fround(value))).toBe(value);
        expect(plainNumber(value)).toBe(value);
      }),
    );
  });

  it("leaves all else as it is", () => {
    fc.assert(
      fc.property(
        fc.double(),
        (value) => Math.fround(value) === value || Object.is(plainNumber(value), value),
      ),
    );
    for (const value of [
      0,
      -0,
      0.5,
      -0.25,
      1e308,
      2 ** 53,
      16_777_217,
      2 ** -149,
      Infinity,
      -Infinity,
      NaN,
    ]) {
      expect(plainNumber(value)).toBe(value);
    }
  });

  it("changes nothing that is written shortly", () => {
    const isChanged = (value: number): boolean =>
      String(value).length <= LONGEST_PLAIN && plainNumber(value) !== value;
    const short = fc.tuple(fc.integer({ min: -99_999_999, max: 99_999_999 }), fc.integer({ min: 0, max: 8 }));
    fc.assert(
      fc.property(short, ([digits, places]) => !isChanged(digits / 10 ** places)),
      { numRuns: 2_000 },
    );
    // What a float of 32 bits holds exactly, with up to six places.
    const exact = Array.from({ length: 430 }, (_, i) =>
      Array.from({ length: 64 }, (__, part) => 7 * i + part / 64),
    );
    expect(exact.flat().filter(isChanged)).toEqual([]);
  });

  it("rounds to the same float of 32 bits", () => {
    fc.assert(
      fc.property(fc.float({ noNaN: true }), (value) => {
        expect(Math.fround(plainNumber(value))).toBe(value);
      }),
    );
  });
});

describe("a number that came through 32 bits", () => {
  const value = Math.fround(5.1);
  const x = columnOf({ name: "x", maximum: 5.1 });

  it("is one number in JSON, in columns of a table and in tensors", () => {
    const time = new Date(NOW).toISOString();
    const records = recordsOf([{ time, features: { x: value } }]);
    const read = decoderOf([planOf([x])], streamOf()).decode(records, { now: NOW });
    expect(read.batches[0].columns[0]).toHaveProperty(["values", "0"], 5.1);
    for (const values of [Float32Array.of(5.1), [value], Float64Array.of(value)]) {
      const columns = { x: values, time: [NOW] };
      const table = {
        kind: "table",
        stream: "s",
        partition: 0,
        count: 1,
        firstOffset: 0,
        columns,
        end: 1,
      } as const;
      for (const plan of [x, columnOf({ name: "x" })]) {
        const [batch] = decoderOf([planOf([plan])], streamOf({ format: "parquet" })).decodeTable(table, {
          now: NOW,
        }).batches;
        expect(batch.columns[0]).toHaveProperty(["values", "0"], 5.1);
        expect(batch.faults).toBe(0);
      }
    }
    expect(fill([x], bodyOf("request", [tensorOf("x", "FP32", [[value]])]))).toEqual([[5.1]]);
  });
});
