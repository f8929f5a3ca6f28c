import { describe, expect, it } from "vitest";
import { calibrateSeason } from "../../src/reference/season.ts";
import { slotOfTime } from "../../src/reference/season-windows.ts";
import type { ReferenceWindows } from "../../src/reference/calibration.ts";

const HOUR = 3_600_000;
/** Monday 2024-01-01 00:00 UTC. */
const MONDAY = Date.UTC(2024, 0, 1);

interface Hour {
  readonly rows: number;
  readonly cases: number;
}

/** One direction; what each hour from Monday on holds. */
function hours(count: number, at: (hour: number) => Hour, from = MONDAY): ReferenceWindows {
  const all = Array.from({ length: count }, (_, hour) => at(hour));
  return {
    signal: "distribution",
    windowSize: HOUR,
    directions: 1,
    rows: Float64Array.from(all, ({ rows }) => rows),
    counts: Float64Array.from(all, ({ cases }) => cases),
    windowStart: Float64Array.from(all, (_, hour) => from + hour * HOUR),
    independent: false,
  };
}

describe("slots", () => {
  it("begin on Monday at midnight UTC", () => {
    expect(slotOfTime(MONDAY, 168)).toBe(0);
    expect(slotOfTime(MONDAY - 1, 168)).toBe(167);
    expect(slotOfTime(MONDAY + 25.5 * HOUR, 168)).toBe(25);
    expect(slotOfTime(MONDAY + 25.5 * HOUR, 24)).toBe(1);
  });
});

describe("a season", () => {
  it("adds up the same hour of all whole weeks", () => {
    const season = calibrateSeason(hours(4 * 168 + 20, (hour) => ({ rows: 200, cases: hour % 168 })));
    expect(season).toMatchObject({ slots: 168, weeks: 4, meanRows: 200 });
    expect(season.n[5]).toBe(800);
    expect(season.counts[5]).toBe(20);
  });

  it("counts its weeks from the first window, whatever day that is", () => {
    const season = calibrateSeason(hours(4 * 168, () => ({ rows: 200, cases: 50 }), MONDAY + 50 * HOUR));
    expect(season.weeks).toBe(4);
    expect(season.n.every((n) => n === 800)).toBe(true);
  });

  it("takes weeks for whole that begin and end with a quiet night", () => {
    const season = calibrateSeason(
      hours(4 * 168, (hour) => ({ rows: hour < 6 || hour >= 4 * 168 - 6 ? 0 : 200, cases: 50 })),
    );
    expect(season.weeks).toBe(4);
    expect(season.n[100]).toBe(800);
  });

  it("leaves out weeks without windows and windows with fewer than 50 values", () => {
    const season = calibrateSeason(
      hours(5 * 168, (hour) => ({
        rows: Math.floor(hour / 168) === 2 ? 0 : hour % 24 === 3 ? 49 : 200,
        cases: 9,
      })),
    );
    expect(season.weeks).toBe(4);
    expect(season.n[3]).toBe(0);
  });

  it("goes by the hour of the day where most hours of the week have fewer than 500 values", () => {
    const season = calibrateSeason(hours(4 * 168, () => ({ rows: 100, cases: 50 })));
    expect(season.slots).toBe(24);
    expect(season.n[0]).toBe(4 * 7 * 100);
  });

  it("that repeats itself exactly has no more spread than chance", () => {
    const season = calibrateSeason(hours(10 * 168, (hour) => ({ rows: 1_000, cases: 100 + (hour % 168) })));
    expect(season.share.deff.every((deff) => deff === 1 / (1 - 1 / 10))).toBe(true);
    expect(season.share.tau.every((tau) => tau === 1)).toBe(true);
  });

  it("takes an hour of the day for as restless as it is, and the calm ones for no calmer than all", () => {
    // At 9 h the share is off by 10 points in turns: z^2 is about 46 with 1,000 rows.
    const off = (hour: number): number => (hour % 24 === 9 ? (hour % 48 < 24 ? 100 : -100) : 0);
    const season = calibrateSeason(hours(10 * 168, (hour) => ({ rows: 1_000, cases: 500 + off(hour) })));
    const { deff } = season.share;
    expect(deff[9]).toBeGreaterThan(35);
    expect(deff[8]).toBeLessThan(3);
    expect(deff[8]).toBeGreaterThan(1.5);
  });

  it("says how many weeks resemble each other", () => {
    const season = calibrateSeason(
      hours(20 * 168, (hour) => ({ rows: 1_000, cases: Math.floor(hour / 168) % 8 < 4 ? 550 : 450 })),
    );
    expect(season.share.tau[0]).toBeGreaterThan(3);
  });

  it("knows nothing without event time, nor of a single week", () => {
    const { windowStart: _, ...timeless } = hours(400, () => ({ rows: 200, cases: 50 }));
    expect(calibrateSeason(timeless)).toMatchObject({ weeks: 0, meanRows: 0 });
    expect(calibrateSeason(hours(300, () => ({ rows: 200, cases: 50 }))).weeks).toBe(1);
  });
});
