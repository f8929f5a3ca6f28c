import { describe, expect, it } from "vitest";
import { BINS_TAIL, CATEGORIES_TAIL } from "../../src/counts/tails.ts";
import { OUTCOMES } from "../../src/counts/outcomes.ts";
import type { Reference } from "../../src/reference/reference.ts";
import { naiveBin } from "../counts/awkward.ts";
import { build, plan, random } from "./plain-rows.ts";
import type { PlainRow } from "./plain-rows.ts";

const HOUR = 3_600_000;
const MONDAY = Date.UTC(2024, 0, 1);

/** Four weeks and a day of an hour's 20 rows each. */
function month(perHour = 20): PlainRow[] {
  const next = random(7);
  return Array.from({ length: 29 * 24 * perHour }, (_, i) => ({
    time: MONDAY + Math.floor(i / perHour) * HOUR + (i % perHour) * 1000,
    amount: Math.floor(next() * 1000),
    region: next() < 0.5 ? "eu" : next() < 0.5 ? "us" : next() < 0.5 ? "uk" : undefined,
  }));
}

const PLAN = plan({ name: "amount", type: "number" }, { name: "region", type: "category" });

function countsOf(reference: Reference, segment: string, column: number): Float64Array {
  return (
    reference.segments.find(({ name }) => name === segment)?.columns[column]?.counts ?? new Float64Array(0)
  );
}

describe("ReferenceBuilder", () => {
  it("refuses a source of which nothing could be measured", () => {
    expect(() => build(plan(), [{ time: MONDAY }])).toThrow("has no column that can be measured");
    const truth = plan({ name: "truth", type: "number", role: "truth" });
    expect(() => build(truth, [{ time: MONDAY, truth: 1 }])).toThrow("has no column that can be measured");
  });

  it("counts every sound row on frozen grids and lists, by segment", () => {
    const rows = [...month(), { time: MONDAY, amount: 5, region: "eu", invalid: true }];
    const reference = build(PLAN, rows, { segmentBy: [["region"]], top: 2 });
    const sound = rows.filter((row) => !("invalid" in row));
    expect(reference.rows).toBe(sound.length);
    expect(reference.segments.map(({ name }) => name)).toEqual([
      "all",
      "region=eu",
      "region=us",
      "other(region)",
    ]);
    const [amount, region] = reference.columns;
    expect(region?.categories).toEqual(["eu", "us", "uk"]);
    const edges = amount?.grid?.edges ?? new Float64Array(0);
    for (const [segment, belongs] of [
      ["all", () => true],
      ["region=us", (value: unknown) => value === "us"],
      ["other(region)", (value: unknown) => value === "uk" || value === undefined],
    ] as const) {
      const expected = new Float64Array(edges.length + 1);
      const members = sound.filter((row) => belongs(row["region"]));
      for (const row of members) expected[naiveBin(edges, Number(row["amount"]))] += 1;
      const counts = countsOf(reference, segment, 0);
      expect(counts.subarray(0, expected.length)).toEqual(expected);
      const missing = members.filter((row) => row["region"] === undefined).length;
      expect(countsOf(reference, segment, 1)[3 + CATEGORIES_TAIL.missing]).toBe(missing);
    }
  });

  it("gives the same reference for the same rows in any order", () => {
    const rows = month(3);
    const next = random(99);
    const shuffled = rows
      .map((row) => ({ row, key: next() }))
      .toSorted((a, b) => a.key - b.key)
      .map(({ row }) => row);
    const options = { segmentBy: [["region"]] };
    expect(build(PLAN, shuffled, options).id).toBe(build(PLAN, rows, options).id);
    expect(build(PLAN, rows.slice(1), options).id).not.toBe(build(PLAN, rows, options).id);
  });

  it("tells missing, faulty, NaN and infinite cells apart", () => {
    const rows = [1, 2, 3, undefined, "fault", Number.NaN, Number.POSITIVE_INFINITY].map((amount) => ({
      time: MONDAY,
      amount,
      region: "eu",
    }));
    const counts = countsOf(build(PLAN, rows), "all", 0);
    const tail = counts.length - BINS_TAIL.length;
    expect(counts[tail + BINS_TAIL.missing]).toBe(1);
    expect(counts[tail + BINS_TAIL.invalid]).toBe(1);
    expect(counts[tail + BINS_TAIL.nan]).toBe(1);
    expect(counts[tail + BINS_TAIL.infinite]).toBe(1);
    expect(counts.subarray(0, tail).reduce((sum, count) => sum + count)).toBe(4);
  });

  it("ends a category list at its cap: by falling count, ties by name", () => {
    const regions = ["b", "b", "c", "a", "d", "d", "d"];
    const rows = regions.map((region) => ({ time: MONDAY, amount: 1, region }));
    const reference = build(PLAN, rows, { maxCategories: 3 });
    expect(reference.columns[1]?.categories).toEqual(["d", "b", "a"]);
    const counts = countsOf(reference, "all", 1);
    expect([...counts]).toEqual([3, 2, 1, 1, 0, 0]);
  });

  it("tells named segments apart however small they are, and pairs as pairs", () => {
    const rows = month(2).map((row, i): PlainRow => ({ ...row, device: i % 5 === 0 ? "tv" : "phone" }));
    const pair = plan(
      { name: "region", type: "category" },
      { name: "device", type: "category", role: "segment" },
    );
    const reference = build(pair, rows, {
      segmentBy: [["region", "device"]],
      top: 1,
      named: ["region=uk,device=tv"],
    });
    const names = reference.segments.map(({ name }) => name);
    expect(names).toEqual(["all", "region=eu,device=phone", "region=uk,device=tv", "other(region,device)"]);
    const inSegment = rows.filter((row) => row["region"] === "uk" && row["device"] === "tv").length;
    expect(reference.segments[2]?.rows).toBe(inSegment);
  });

  it("refuses to segment by what is no category", () => {
    expect(() => build(PLAN, month(1), { segmentBy: [["amount"]] })).toThrow(/segmentBy names amount/);
  });

  it("knows the usual rows of every hour of the week, also silent ones", () => {
    const rows = month().filter((row) => new Date(row.time ?? 0).getUTCHours() !== 3);
    const [all] = build(PLAN, rows).segments;
    expect(all?.hourOfWeek[0]).toBe(20);
    expect(all?.hourOfWeek[3]).toBe(0);
    expect(all?.hourOfDay[4]).toBe(20);
    const short = build(PLAN, rows.slice(0, 24 * 20 * 5)).segments[0];
    expect(short?.hourOfWeek[0]).toBeNaN();
    expect(short?.hourOfDay[0]).toBeNaN();
  });

  it("holds scores against a truth that stands beside them", () => {
    const scored = plan(
      { name: "prediction.score", type: "number", role: "output" },
      { name: "truth", type: "boolean", role: "truth" },
    );
    const rows = [
      { time: MONDAY, "prediction.score": 0.9, truth: true },
      { time: MONDAY, "prediction.score": 0.2, truth: true },
      { time: MONDAY, "prediction.score": 0.1, truth: false },
      { time: MONDAY, "prediction.score": 0.1 },
    ];
    const { outcome, columns } = build(scored, rows);
    expect(columns.map(({ name }) => name)).toEqual(["prediction.score"]);
    expect(outcome?.coverage).toBe(0.75);
    expect(outcome?.delay99).toBeNaN();
    expect(outcome?.counts[OUTCOMES.predicted]).toBe(4);
    const bin = Math.floor(0.9 * OUTCOMES.bins) * OUTCOMES.perBin.length;
    expect(outcome?.counts[bin + OUTCOMES.perBin.positives]).toBe(1);
    expect(outcome?.counts[bin + OUTCOMES.perBin.correct]).toBe(1);
    expect(build(PLAN, rows).outcome).toBeUndefined();
  });

  it("counts no outcome of predictions whose labels may still come", () => {
    const scored = plan(
      { name: "prediction.score", type: "number", role: "output" },
      { name: "truth", type: "number", role: "truth" },
    );
    const rows = [
      { time: MONDAY, "prediction.score": 0.9, truth: 1 },
      { time: MONDAY + 1, "prediction.score": 0.9 },
      { time: MONDAY + 2, "prediction.score": 0.9, truth: 1 },
      { time: MONDAY + 3, "prediction.score": 0.9 },
    ];
    const labels = { delay99: 7, matureUntil: MONDAY + 1 };
    const { outcome, segments, rows: counted } = build(scored, rows, { labels });
    expect(outcome).toMatchObject({ delay99: 7, coverage: 0.5 });
    expect(segments[0]?.outcome?.counts[OUTCOMES.predicted]).toBe(2);
    expect(counted).toBe(4);
  });

  it("is a reference also of no rows", () => {
    const reference = build(PLAN, []);
    expect(reference.rows).toBe(0);
    expect(reference.from).toBeNaN();
    expect(countsOf(reference, "all", 0).length).toBe(1 + BINS_TAIL.length);
  });
});
