import { describe, expect, it } from "vitest";
import { freshness } from "../../../src/statistics/measures/freshness.ts";
import { invalid } from "../../../src/statistics/measures/invalid.ts";
import { missing } from "../../../src/statistics/measures/missing.ts";
import { novel } from "../../../src/statistics/measures/novel.ts";
import { volume } from "../../../src/statistics/measures/volume.ts";
import { calibrate } from "../../../src/reference/calibration.ts";
import { binsRef, binsSection, categoriesRef, categoriesSection, gridOf } from "../series.ts";

describe("invalid", () => {
  it("counts faulty rows, dropped rows and undecodable records", () => {
    expect(invalid.score(undefined, Float64Array.of(90, 5, 6, 4))).toMatchObject({ value: 0.15, n: 100 });
  });

  it("is 1 for a stream of rubbish and nothing for silence", () => {
    expect(invalid.score(undefined, Float64Array.of(0, 0, 0, 7)).value).toBe(1);
    expect(invalid.score(undefined, Float64Array.of(0, 0, 0, 7)).status).toBe("too-few");
    expect(invalid.score(undefined, Float64Array.of(0, 0, 0, 10)).status).toBe("ok");
    expect(invalid.score(undefined, Float64Array.of(3, 0, 0, 0)).status).toBe("ok");
    expect(invalid.score(undefined, new Float64Array(4))).toMatchObject({ status: "no-data", n: 0 });
  });
});

describe("volume", () => {
  it("sees silence as 0 of what was expected", () => {
    const score = volume.score(undefined, new Float64Array(4), { expectedRows: 2_000 });
    expect(score).toMatchObject({ status: "ok", value: 0, trust: "policy" });
  });

  it("asks for a usual number worth the name", () => {
    const rows = Float64Array.of(50, 0, 0, 0);
    expect(volume.score(undefined, rows)).toMatchObject({ status: "no-reference" });
    expect(volume.score(undefined, rows, { expectedRows: Number.NaN })).toMatchObject({
      status: "no-reference",
    });
    expect(volume.score(undefined, rows, { expectedRows: 99 })).toMatchObject({ status: "too-few" });
    expect(volume.score(undefined, rows, { expectedRows: 100 }).value).toBe(0.5);
  });
});

describe("freshness", () => {
  it("is the age of the newest event in seconds", () => {
    const none = new Float64Array(4);
    expect(freshness.score(undefined, none, { newestEvent: 1_000, now: 61_000 }).value).toBe(60);
    expect(freshness.score(undefined, none, { newestEvent: 9_000, now: 1_000 }).value).toBe(0);
    expect(freshness.score(undefined, none, { newestEvent: Number.NaN, now: 1_000 }).status).toBe("no-data");
    expect(freshness.score(undefined, none).status).toBe("no-data");
  });
});

describe("missing", () => {
  const grid = gridOf(Float64Array.of(10), Int32Array.of(0));
  const reference = binsRef(grid, [...Array.from({ length: 990 }, (_, i) => i), ...Array(10).fill(null)]);

  it("counts nulls and NaN against all well-formed cells", () => {
    const window = binsSection(grid, [null, Number.NaN, ...Array.from({ length: 98 }, () => 3)]);
    const score = missing.score(reference, window);
    expect(score).toMatchObject({ status: "ok", value: 0.02, n: 100 });
    expect(score.effect).toBeCloseTo(0.01, 12);
    expect(score.lower).toBeCloseTo(0.0055, 3);
    expect(score.upper).toBeCloseTo(0.07, 3);
  });

  it("falls as well as rises", () => {
    const window = binsSection(
      grid,
      Array.from({ length: 200 }, () => 3),
    );
    expect(missing.score(reference, window).effect).toBeCloseTo(0.01, 12);
  });

  it("of a window without values is missing as a whole", () => {
    expect(missing.score(reference, binsSection(grid, Array(150).fill(null))).value).toBe(1);
    expect(missing.score(reference, binsSection(grid, []))).toMatchObject({ status: "no-data" });
  });
});

describe("novel", () => {
  it("is the share of unseen categories, and of numbers beyond the outer quantiles", () => {
    const ref = categoriesRef([600, 400]);
    expect(novel.score(ref, categoriesSection([90, 90], { unseen: 20, missing: 50 })).value).toBe(0.1);
    const grid = { ...gridOf(Float64Array.of(10), Int32Array.of(0)), low: 0, high: 100 };
    const numbers = binsRef(
      grid,
      Array.from({ length: 101 }, (_, i) => i),
    );
    const window = binsSection(grid, [-1, 101, Number.POSITIVE_INFINITY, ...Array(97).fill(5)]);
    expect(novel.score(numbers, window)).toMatchObject({ value: 0.03, effect: 0.03 });
  });

  it("takes the reference's share from its calibration where that was counted apart", () => {
    const ref = categoriesRef([600, 400]);
    const calibration = calibrate({
      signal: "novel",
      windowSize: 1,
      directions: 1,
      rows: Float64Array.of(500),
      counts: Float64Array.of(25),
      independent: true,
    });
    const window = categoriesSection([90, 90], { unseen: 20 });
    expect(novel.score(ref, window, { calibration }).effect).toBeCloseTo(0.05, 12);
  });
});
