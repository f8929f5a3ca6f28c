import { describe, expect, it } from "vitest";
import type { ReferenceSegment } from "../../src/reference/reference.ts";
import { expectedRows } from "../../src/verdict/expected-rows.ts";

const HOUR = 3_600_000;
/** A Monday at midnight. */
const MONDAY = Date.UTC(2026, 0, 5);

function segmentOf(
  hourOfDay: (hour: number) => number,
  hourOfWeek: (hour: number) => number,
): ReferenceSegment {
  return {
    name: "all",
    rows: 0,
    columns: [],
    hourOfWeek: Float64Array.from({ length: 168 }, (_, hour) => hourOfWeek(hour)),
    hourOfDay: Float64Array.from({ length: 24 }, (_, hour) => hourOfDay(hour)),
  };
}

describe("expectedRows", () => {
  const weekly = segmentOf(
    () => Number.NaN,
    (hour) => 1000 + hour,
  );
  const daily = segmentOf(
    (hour) => 1000 + hour,
    () => Number.NaN,
  );

  it("adds the medians of the hours of the week, beginning on Monday", () => {
    expect(expectedRows(weekly, MONDAY, MONDAY + HOUR)).toBe(1000);
    expect(expectedRows(weekly, MONDAY + 6 * 24 * HOUR, MONDAY + 6 * 24 * HOUR + 2 * HOUR)).toBe(1144 + 1145);
    expect(expectedRows(weekly, MONDAY - HOUR, MONDAY + HOUR)).toBe(1167 + 1000);
  });

  it("weighs hours by their overlap", () => {
    expect(expectedRows(weekly, MONDAY + HOUR / 2, MONDAY + 1.25 * HOUR)).toBe(500 + 1001 / 4);
  });

  it("goes by the hour of the day where weeks are too few, and knows nothing where days are", () => {
    expect(expectedRows(daily, MONDAY + 30 * HOUR, MONDAY + 31 * HOUR)).toBe(1006);
    const neither = segmentOf(
      () => Number.NaN,
      () => Number.NaN,
    );
    expect(expectedRows(neither, MONDAY, MONDAY + HOUR)).toBeNaN();
  });

  it("is too few to be judged where one of its hours is", () => {
    const night = segmentOf(
      (hour) => (hour < 6 ? 5 : 1000),
      () => Number.NaN,
    );
    expect(expectedRows(night, MONDAY + 5.5 * HOUR, MONDAY + 6.5 * HOUR)).toBe(5);
    expect(expectedRows(night, MONDAY + 6 * HOUR, MONDAY + 7 * HOUR)).toBe(1000);
  });
});
