import { describe, expect, it } from "vitest";
import type { Calibration } from "../../src/statistics/calibration.ts";
import { explainSignificance, isSignificant } from "../../src/verdict/significance.ts";
import { categoriesSection } from "../statistics/series.ts";
import { calibrated, dispersion, prepared } from "./prepared.ts";

describe("trust", () => {
  const trustOf = (options: Partial<Calibration>, parent?: Calibration) =>
    prepared(calibrated(options), parent === undefined ? {} : { parent });

  it.each([
    [{}, "promised", undefined],
    [{ k: 499 }, "provisional", "fewer than 500 reference windows"],
    [{ k: 29 }, "none", "fewer than 30 reference windows"],
    [{ blocks: 9 }, "none", "fewer than 10 blocks of reference windows"],
    [{ blocks: 0 }, "none", "the reference has no event time"],
    [
      { logit: dispersion(3, { tau: 61 }) },
      "provisional",
      "reference windows resemble their neighbours for too long",
    ],
  ])("of %j is %s", (options, trust, reason) => {
    const series = trustOf(options);
    expect(series.trust).toBe(trust);
    expect(series.trustReason).toBe(reason);
  });

  it("leaves what is judged as it is: nu takes the memory for as long as it may be, from 200 windows on", () => {
    const share = dispersion(3, { tau: 19 });
    const nuOf = (k: number) => [...trustOf({ k, share }).share.nu];
    expect(trustOf({ k: 200, share }).trust).toBe("provisional");
    expect(nuOf(200)).toEqual(Array.from({ length: 3 }, () => 200 / 19 - 1));
    expect(nuOf(600)).toEqual(Array.from({ length: 3 }, () => 600 / 19 - 1));
    // Of a reference that is not ten times as long as that there would be nothing left.
    expect(nuOf(189)).toEqual([599, 599, 599]);
    expect(trustOf({ k: 600, share: dispersion(3, { tau: 60.5 }) }).share.nu[0]).toBe(599);
  });

  it("of a segment without windows of its own is provisional at best", () => {
    const own = { k: 12, n: 20_000, counts: Float64Array.of(9_000, 7_000, 4_000), meanRows: 1_600 };
    const parent = calibrated({ share: dispersion(3, { deff: 2, nu: 77 }) });
    const series = trustOf(own, parent);
    expect(series).toMatchObject({
      trust: "provisional",
      trustReason: "calibrated on all segments together",
    });
    expect([...series.share.deff]).toEqual([2, 2, 2]);
    expect(trustOf(own, { ...parent, k: 150 }).trust).toBe("provisional");
    expect(trustOf(own).trust).toBe("none");
  });

  it("of a share that the reference hardly shows is policy, without a p", () => {
    const rare = calibrated({
      signal: "missing",
      counts: Float64Array.of(19),
      share: dispersion(1),
      logit: dispersion(1),
    });
    const nulls = categoriesSection([1_000, 600, 400], { missing: 500 });
    const series = prepared(rare, { signal: "missing" });
    expect(explainSignificance(series, nulls)).toEqual({
      status: "ok",
      trust: "policy",
      reason: "too few cases in the reference for a test",
      n: 2_500,
    });
    expect(isSignificant(series, nulls)).toBe(false);
    const enough = prepared({ ...rare, counts: Float64Array.of(20) }, { signal: "missing" });
    expect(isSignificant(enough, nulls)).toBe(true);
  });
});
