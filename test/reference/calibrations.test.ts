import { describe, expect, it } from "vitest";
import { calibrate } from "../../src/reference/calibration.ts";
import type { Reference } from "../../src/reference/reference.ts";
import { findSeriesRef, refOf } from "../../src/reference/series.ts";
import type { Signal } from "../../src/statistics/calibration.ts";
import { countDirections, directionsOf } from "../../src/statistics/directions.ts";
import { build, plan, random } from "./plain-rows.ts";
import type { PlainRow } from "./plain-rows.ts";

const HOUR = 3_600_000;
const MONDAY = Date.UTC(2024, 0, 1);
const PLAN = plan({ name: "amount", type: "number" }, { name: "city", type: "category" });

/** `hours` hours of 60 rows: amounts with an atom at 0, more than 49 cities, nulls; a new city near the end. */
function rowsOf(hours: number): PlainRow[] {
  const next = random(3);
  return Array.from({ length: hours * 60 }, (_, i) => ({
    time: MONDAY + Math.floor(i / 60) * HOUR,
    amount: next() < 0.05 ? undefined : next() < 0.4 ? 0 : next() * (1 + Math.sin(i / 700)),
    city: i > hours * 55 && next() < 0.03 ? "late" : `c${Math.floor(next() * next() * 70)}`,
  }));
}

function calibrationOf(reference: Reference, place: { segment?: string; column: number; signal: Signal }) {
  const { segment = "all", column, signal } = place;
  const found = reference.segments.find(({ name }) => name === segment)?.columns[column]?.calibrations;
  return found?.find((calibration) => calibration.signal === signal);
}

describe("calibrationsOf", () => {
  const rows = rowsOf(60);
  const reference = build(PLAN, rows);

  it.each([
    [0, "distribution"],
    [0, "missing"],
    [0, "novel"],
    [1, "distribution"],
    [1, "missing"],
  ] as const)("sees column %i's %s as full sections of every window would", (column, signal) => {
    const ref = findSeriesRef(reference, "all", column);
    const described = reference.columns[column];
    if (ref === undefined || described === undefined) throw new Error("the reference lacks the column");
    const directions = directionsOf(ref, signal);
    const into = new Float64Array(directions.size);
    const m: number[] = [];
    const counts: number[] = [];
    for (let hour = 0; hour < 60; hour += 1) {
      const section = sectionOf(reference, rows.slice(hour * 60, hour * 60 + 60), column);
      m.push(countDirections(directions, section, into));
      counts.push(...into);
    }
    const expected = calibrate({
      signal,
      windowSize: HOUR,
      directions: directions.size,
      rows: Float64Array.from(m),
      counts: Float64Array.from(counts),
      windowStart: Float64Array.from({ length: 60 }, (_, hour) => MONDAY + hour * HOUR),
      independent: false,
    });
    expect(refOf(described, ref.counts).counts).toBe(ref.counts);
    expect(calibrationOf(reference, { column, signal })).toEqual(expected);
  });

  it("takes the novel share from the last fifth of the windows, by a dictionary of the others", () => {
    const novel = calibrationOf(reference, { column: 1, signal: "novel" });
    const late = rows.slice(48 * 60);
    const known = new Set(rows.slice(0, 48 * 60).map((row) => row["city"]));
    expect(novel?.k).toBe(12);
    expect(novel?.n).toBe(late.length);
    expect(novel?.counts[0]).toBe(late.filter((row) => !known.has(row["city"])).length);
    expect(novel?.counts[0]).toBeGreaterThan(0);
  });

  it("lets a segment of few windows borrow what it cannot know, for its own directions", () => {
    const split = rows.map((row, i) => ({ ...row, region: i % 60 < 52 ? "big" : "small" }));
    const withRegion = plan(
      { name: "amount", type: "number" },
      { name: "city", type: "category" },
      { name: "region", type: "category" },
    );
    const segmented = build(withRegion, split, { segmentBy: [["region"]] });
    const all = calibrationOf(segmented, { column: 0, signal: "distribution" });
    const small = calibrationOf(segmented, { segment: "region=small", column: 0, signal: "distribution" });
    expect(all?.k).toBe(60);
    expect(small?.k).toBe(0);
    const most = Math.max(...(all?.share.deff ?? []));
    expect(small?.share.deff.length).toBe(small?.counts.length);
    for (const deff of small?.share.deff ?? []) expect(deff).toBeCloseTo(most, 12);
  });

  it("knows no windows without event time, unless rows are declared independent", () => {
    const timeless = rows.map((row) => ({ amount: row["amount"], city: row["city"] }));
    expect(calibrationOf(build(PLAN, timeless), { column: 0, signal: "distribution" })?.k).toBe(0);
    const declared = build(PLAN, timeless, { independent: true });
    const calibration = calibrationOf(declared, { column: 0, signal: "distribution" });
    expect(calibration?.k).toBe(1);
    expect(calibration?.n).toBe(rows.filter((row) => row["amount"] !== undefined).length);
    expect([...(calibration?.share.deff ?? [])].every((deff) => deff === 1)).toBe(true);
    expect(calibration?.share.nu[0]).toBe(Number.POSITIVE_INFINITY);
  });

  it("refuses windows that would not fit in memory", () => {
    const options = { windowSizes: [1000], segmentBy: [["city"]], top: 300 };
    const many = Array.from({ length: 40_000 }, (_, i) => ({
      time: MONDAY + i * 60_000,
      amount: i,
      city: `c${i % 300}`,
    }));
    expect(() => build(PLAN, many, options)).toThrow(
      /Take a shorter period, longer windows, or fewer segments/,
    );
  });
});

/** Counts rows on a reference's own rulers: as the only rows of a reference, they would have others. */
function sectionOf(reference: Reference, rows: readonly PlainRow[], column: number): Float64Array {
  const described = reference.columns[column];
  const length = reference.segments[0]?.columns[column]?.counts.length ?? 0;
  const section = new Float64Array(length);
  for (const row of rows) {
    const value = row[described?.name ?? ""];
    const { grid, categories = [] } = described ?? {};
    if (grid === undefined) {
      section[value === undefined ? categories.length + 1 : categories.indexOf(String(value))] += 1;
    } else if (typeof value === "number") {
      section[grid.edges.filter((edge) => edge <= value).length] += 1;
      if (value < grid.low) section[length - 2] += 1;
      if (value > grid.high) section[length - 1] += 1;
    } else {
      section[grid.edges.length + 1] += 1;
    }
  }
  return section;
}
