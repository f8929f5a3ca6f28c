import { describe, expect, it } from "vitest";
import { CATEGORIES_TAIL } from "../../src/counts/tails.ts";
import type { Season } from "../../src/reference/season.ts";
import { psi } from "../../src/statistics/measures/psi.ts";
import { prepareSeason, slotAt } from "../../src/verdict/prepared-season.ts";
import { explainSignificance, isSignificant } from "../../src/verdict/significance.ts";
import { binsRef, categoriesRef, categoriesSection, gridOf } from "../statistics/series.ts";
import { dispersion } from "./prepared.ts";

const HOUR = 3_600_000;
const MONDAY = Date.UTC(2024, 0, 1);
const ref = categoriesRef([250_000, 150_000, 100_000]);

/** Of 24 hours with 10,000 values each; at 9 h the first category has .8, else .5; the second has half of the rest. */
function season(options: Partial<Season> = {}): Season {
  const size = 24 * 3;
  const counts = Float64Array.from({ length: size }, (_, at) => {
    const first = Math.floor(at / 3) === 9 ? 8_000 : 5_000;
    return at % 3 === 0 ? first : (10_000 - first) / 2;
  });
  return {
    signal: "distribution",
    windowSize: HOUR,
    slots: 24,
    weeks: 10,
    meanRows: 1_000,
    n: new Float64Array(24).fill(10_000),
    counts,
    share: dispersion(size, { nu: 100 }),
    logit: dispersion(size, { nu: 100 }),
    ...options,
  };
}

const prepare = (options: Partial<Season> = {}) =>
  prepareSeason({ ref, season: season(options), alpha: 1e-5 });

describe("a window", () => {
  const ofNine = categoriesSection([800, 100, 100]);

  it("is held against its own hour", () => {
    const prepared = prepare();
    expect(isSignificant(slotAt(prepared, MONDAY + 9 * HOUR).prepared, ofNine)).toBe(false);
    expect(isSignificant(slotAt(prepared, MONDAY + 10 * HOUR).prepared, ofNine)).toBe(true);
    expect(isSignificant(slotAt(prepared, MONDAY + 33.5 * HOUR).prepared, ofNine)).toBe(false);
  });

  it("has its effect against its own hour too", () => {
    const prepared = prepare();
    const effectAt = (hour: number) =>
      psi.score(slotAt(prepared, MONDAY + hour * HOUR).ref, ofNine).value ?? 0;
    expect(effectAt(9)).toBeLessThan(0.001);
    expect(effectAt(10)).toBeGreaterThan(0.3);
  });
});

describe("trust of a season", () => {
  it.each([
    [{}, "provisional", "weeks may wander together, which no season shows"],
    [{ weeks: 9 }, "provisional", "9 whole weeks of reference, fewer than 10"],
    [{ weeks: 3 }, "none", "3 whole weeks of reference, fewer than 4"],
    [
      { logit: dispersion(72, { nu: 100, tau: 1.3 }) },
      "provisional",
      "weeks of the reference resemble their neighbours for too long",
    ],
  ])("of %j is %s", (options, trust, trustReason) => {
    const { prepared } = prepare(options).typical;
    expect(prepared).toMatchObject({ status: "ok", trust });
    expect(prepared.trustReason).toBe(trustReason);
  });
});

describe("a season of fewer than four weeks whose hours differ", () => {
  it("is told to be too short, rather than too variable", () => {
    const share = dispersion(72, { nu: 100, deff: 50 });
    const statusOf = (weeks: number) => prepare({ weeks, share, logit: share }).typical.prepared;
    expect(statusOf(3)).toMatchObject({
      status: "too-few",
      reason: "3 whole weeks of reference, fewer than 4",
    });
    expect(statusOf(5).status).toBe("too-variable");
  });
});

describe("an hour with fewer than 500 reference values", () => {
  it("is not judged, and stands for no other", () => {
    const n = new Float64Array(24).fill(10_000);
    n[4] = 499;
    const prepared = prepare({ n });
    const found = explainSignificance(prepared.slot(4).prepared, categoriesSection([800, 100, 100]));
    expect(found).toMatchObject({
      status: "too-few",
      reason: "fewer than 500 reference values at this hour",
    });
    expect(prepared.typical.prepared.status).toBe("ok");
  });
});

describe("a season of the missing share", () => {
  const missing = categoriesRef([9_000, 8_000, 4_000], { missing: 3_000 });
  /** A tenth at night, hardly anything by day; 1,000 rows an hour. */
  const counts = Float64Array.from({ length: 24 }, (_, hour) => (hour < 6 ? 100 : 5));
  const share = dispersion(24, { nu: 100 });
  const options = {
    signal: "missing",
    n: new Float64Array(24).fill(1_000),
    counts,
    share,
    logit: share,
  } as const;
  const prepared = prepareSeason({ ref: missing, season: season(options), alpha: 1e-5 });

  it("goes by chance at the hours that have missing values, and stands for these", () => {
    expect(prepared.slot(3).prepared).toMatchObject({ status: "ok", trust: "provisional" });
    expect(prepared.slot(12).prepared).toMatchObject({ status: "ok", trust: "policy" });
    expect(prepared.typical.prepared.trust).toBe("provisional");
  });

  it("holds a window against its hour", () => {
    const tenth = categoriesSection([300, 300, 300], { missing: 100 });
    expect(isSignificant(prepared.slot(3).prepared, tenth)).toBe(false);
    expect(
      isSignificant(prepared.slot(3).prepared, categoriesSection([300, 200, 200], { missing: 300 })),
    ).toBe(true);
  });

  it("has the slot's own share in its reference", () => {
    const { counts: own, total } = prepared.slot(3).ref;
    expect(total).toBe(900);
    expect(own[3 + CATEGORIES_TAIL.missing]).toBeCloseTo(100, 9);
    expect(own[0]).toBeCloseTo((900 * 9) / 21, 9);
  });
});

describe("the slot's own uncertainty", () => {
  it("grows with what its weeks remember of each other", () => {
    const calm = prepare().slot(0).prepared.share.reference[0];
    const lasting = prepare({ share: dispersion(72, { nu: 100, tau: 2 }) }).slot(0).prepared.share
      .reference[0];
    expect(calm).toBeCloseTo(1 / 10_000, 12);
    expect(lasting).toBeCloseTo(2 / 10_000, 12);
  });
});

describe("the shares of a slot", () => {
  it("of categories are the slot's, and missing values those of the whole reference", () => {
    const missing = categoriesRef([500, 300, 200], { missing: 100 });
    const { slot } = prepareSeason({ ref: missing, season: season(), alpha: 1e-5 });
    const { counts, total } = slot(9).ref;
    expect(Array.from(counts)).toEqual([8_000, 1_000, 1_000, 0, 1_000, 0]);
    expect(total).toBe(10_000);
  });

  it("of numbers keep the slot's deciles, and within them the reference's proportions", () => {
    const grid = gridOf(Float64Array.of(1, 2, 3, 4, 5), Int32Array.of(1, 3));
    const values = [100, 300, 200, 200, 100, 100].flatMap((count, bin) =>
      Array.from({ length: count }, () => bin),
    );
    const numbers = binsRef(grid, values);
    // Of 1,000 values at 3 h, 500 lie at or above the first decile edge and 200 at or above the second.
    const counts = Float64Array.from({ length: 48 }, (_, at) => (at % 2 === 0 ? 500 : 200));
    const n = new Float64Array(24).fill(1_000);
    const share = dispersion(48, { nu: 100 });
    const prepared = prepareSeason({
      ref: numbers,
      season: season({ n, counts, share, logit: share }),
      alpha: 1e-5,
    });
    expect(Array.from(prepared.slot(3).ref.counts.subarray(0, 6))).toEqual([125, 375, 150, 150, 100, 100]);
  });
});
