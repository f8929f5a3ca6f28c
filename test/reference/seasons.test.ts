import { describe, expect, it } from "vitest";
import type { AskedSeason } from "../../src/reference/options.ts";
import { readReference, writeReference } from "../../src/reference/reference-file.ts";
import { build, plan, type PlainRow } from "./plain-rows.ts";

const HOUR = 3_600_000;
const PLAN = plan({ name: "amount", type: "number" }, { name: "region", type: "category" });
/** Monday. */
const FROM = Date.UTC(2024, 0, 1);
const PER_HOUR = 120;

/** Two weeks; amounts are higher by half a day's range in the afternoon. */
const ROWS: PlainRow[] = Array.from({ length: 2 * 168 * PER_HOUR }, (_, i) => {
  const hour = Math.floor(i / PER_HOUR);
  return {
    time: FROM + i * (HOUR / PER_HOUR),
    amount: (i % PER_HOUR) + (hour % 24 < 12 ? 0 : 60),
    region: i % 2 === 0 ? "eu" : "us",
  };
});

function reference(asked: Partial<AskedSeason>, rows: readonly PlainRow[] = ROWS) {
  const seasons = [
    { column: "amount", signal: "distribution", windowSize: HOUR, bySegment: false, ...asked } as const,
  ];
  return build(PLAN, rows, { segmentBy: [["region"]], seasons });
}

describe("seasons of a reference", () => {
  const built = reference({});

  it("are those of the columns that were asked for", () => {
    const [amount, region] = built.segments[0].columns;
    expect(amount.seasons).toHaveLength(1);
    // 240 values an hour of the week are too few: it goes by the hour of the day.
    expect(amount.seasons?.[0]).toMatchObject({ slots: 24, weeks: 2, windowSize: HOUR, meanRows: PER_HOUR });
    expect(amount.seasons?.[0].n).toEqual(new Float64Array(24).fill(14 * PER_HOUR));
    expect(region.seasons).toBeUndefined();
    expect(built.segments[1].columns[0].seasons).toBeUndefined();
  });

  it("count each hour's own values", () => {
    const season = built.segments[0].columns[0].seasons?.[0];
    const directions = (season?.counts.length ?? 0) / 24;
    // The lowest decile of all is nearly two of the morning's, and nothing of the afternoon's.
    expect(season?.counts[0] ?? 0).toBeLessThan(14 * PER_HOUR);
    expect(season?.counts[12 * directions]).toBe(14 * PER_HOUR);
  });

  it("are of every segment where a rule judges by it", () => {
    const { segments } = reference({ bySegment: true });
    expect(segments.map(({ columns }) => columns[0].seasons?.length)).toEqual([1, 1, 1, undefined]);
  });

  it("are not there without event time", () => {
    const timeless = reference(
      {},
      ROWS.slice(0, 500).map(({ amount, region }) => ({ amount, region })),
    );
    expect(timeless.segments[0].columns[0].seasons).toBeUndefined();
  });

  it("are of the missing share where a rule asks for that", () => {
    const holes = ROWS.map((row, i) => {
      const night = Math.floor(i / PER_HOUR) % 24 < 6;
      return night && i % 4 === 0 ? { ...row, amount: undefined } : row;
    });
    const both = build(PLAN, holes, {
      segmentBy: [],
      seasons: [
        { column: "amount", signal: "missing", windowSize: HOUR, bySegment: false },
        { column: "amount", signal: "distribution", windowSize: HOUR, bySegment: false },
      ],
    });
    const seasons = both.segments[0].columns[0].seasons ?? [];
    expect(seasons.map(({ signal }) => signal)).toEqual(["distribution", "missing"]);
    const missing = seasons[1];
    expect(missing.n).toEqual(new Float64Array(24).fill(14 * PER_HOUR));
    expect(Array.from(missing.counts)).toEqual(
      Array.from({ length: 24 }, (_, hour) => (hour < 6 ? (14 * PER_HOUR) / 4 : 0)),
    );
    expect(readReference(writeReference(both), "m.arrow")).toEqual(both);
  });

  it("read back to the bit, and belong to the id", () => {
    expect(readReference(writeReference(built), "m.arrow")).toEqual(built);
    expect(built.id).not.toBe(build(PLAN, ROWS, { segmentBy: [["region"]] }).id);
  });
});
