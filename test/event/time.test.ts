import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createSpan, spanText } from "../../src/event/byte-table.ts";
import { epochToMilliseconds, parseTime } from "../../src/event/time.ts";

function parse(text: string): number {
  const span = createSpan();
  spanText(span, text);
  return parseTime(span);
}

describe("parseTime", () => {
  it("reads what toISOString writes", () => {
    const date = fc.date({
      min: new Date("0000-01-01T00:00:00Z"),
      max: new Date("9999-12-31T23:59:59.999Z"),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(date, (value) => {
        expect(parse(value.toISOString())).toBe(value.getTime());
      }),
    );
  });

  it.each([
    ["2024-02-29T12:34:56Z", "2024-02-29T12:34:56Z"],
    ["2024-02-29t12:34:56z", "2024-02-29T12:34:56Z"],
    ["2024-02-29 12:34:56", "2024-02-29T12:34:56Z"],
    ["2024-02-29T12:34:56", "2024-02-29T12:34:56Z"],
    ["2024-02-29T12:34:56.5", "2024-02-29T12:34:56.500Z"],
    ["2024-02-29T12:34:56.123456789Z", "2024-02-29T12:34:56.123Z"],
    ["2024-02-29T12:34:56+02:00", "2024-02-29T10:34:56Z"],
    ["2024-02-29T12:34:56.25-23:59", "2024-03-01T12:33:56.250Z"],
    ["2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z"],
    ["2000-02-29T00:00:00Z", "2000-02-29T00:00:00Z"],
  ])("reads %s", (text, iso) => {
    expect(parse(text)).toBe(Date.parse(iso));
  });

  it.each([
    "",
    "2024",
    "2024-02-29",
    "2024-02-29T12:34",
    "2023-02-29T00:00:00Z",
    "1900-02-29T00:00:00Z",
    "2024-13-01T00:00:00Z",
    "2024-00-01T00:00:00Z",
    "2024-01-00T00:00:00Z",
    "2024-04-31T00:00:00Z",
    "2024-01-01T24:00:00Z",
    "2024-01-01T00:60:00Z",
    "2024-01-01T00:00:61Z",
    "2024-01-01T00:00:00.Z",
    "2024-01-01T00:00:00ZZ",
    "2024-01-01T00:00:00+1:00",
    "2024-01-01T00:00:00+0100",
    "2024-01-01T00:00:00+24:00",
    "2024-01-01T00:00:00 Z",
    "2024/01/01T00:00:00Z",
    "2024-01-01X00:00:00Z",
    "+024-01-01T00:00:00Z",
    "1700000000000",
  ])("refuses %j", (text) => {
    expect(parse(text)).toBeNaN();
  });
});

describe("epochToMilliseconds", () => {
  it.each([
    [1_700_000_000, 1_700_000_000_000],
    [1_700_000_000.123, 1_700_000_000_123],
    [99_999_999_999, 99_999_999_999_000],
    [1_700_000_000_123, 1_700_000_000_123],
    [1_700_000_000_123.9, 1_700_000_000_123],
    [1_700_000_000_123_456, 1_700_000_000_123],
    [1_700_000_000_123_456_000, 1_700_000_000_123],
  ])("reads %d as %d ms", (value, expected) => {
    expect(epochToMilliseconds(value)).toBe(expected);
  });

  it("leaves what is no number no number", () => {
    expect(epochToMilliseconds(NaN)).toBeNaN();
  });
});
