import { describe, expect, test } from "vitest";
import { startWithin } from "../../src/stream/kafka-offsets.ts";

const last = { timestamp: 1, crc: 2 };

describe("startWithin", () => {
  test("an offset inside the bounds is sought", () => {
    expect(startWithin(9, undefined, { low: 0, high: 10 })).toEqual({ seek: 9, wanted: 9 });
    expect(startWithin(10, undefined, { low: 0, high: 10 })).toEqual({ seek: 10, wanted: 10 });
  });

  test("with a mark the record before it is read again, to be compared, if it is still there", () => {
    expect(startWithin(9, last, { low: 0, high: 10 })).toEqual({ seek: 8, wanted: 9, verify: last });
    expect(startWithin(9, last, { low: 9, high: 10 })).toEqual({ seek: 9, wanted: 9 });
  });

  test("only a beginning of the log above the wanted offset is a gap", () => {
    expect(startWithin(3, last, { low: 5, high: 10 })).toEqual({ seek: 5, wanted: 5, event: "gap" });
  });

  test("an offset behind the end is of another topic, which begins at its beginning", () => {
    expect(startWithin(11, last, { low: 2, high: 10 })).toEqual({ seek: 2, wanted: 2, event: "recreated" });
  });
});
