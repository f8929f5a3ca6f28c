import { describe, expect, it } from "vitest";
import { calibrate, fallback } from "../../src/reference/calibration.ts";
import type { ReferenceWindows } from "../../src/reference/calibration.ts";
import { mulberry32 } from "../oracles/sample.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** Windows of one direction, one an hour. */
function windowsOf(
  counts: readonly number[],
  rows: readonly number[],
  options: Partial<ReferenceWindows> = {},
): ReferenceWindows {
  return {
    signal: "distribution",
    windowSize: HOUR,
    directions: 1,
    rows: Float64Array.from(rows),
    counts: Float64Array.from(counts),
    windowStart: Float64Array.from(rows, (_, w) => w * HOUR),
    independent: false,
    ...options,
  };
}

/** A standard normal by twelve uniforms. */
function normals(seed: number): () => number {
  const u = mulberry32(seed);
  return () => {
    let sum = -6;
    for (let i = 0; i < 12; i += 1) sum += u();
    return sum;
  };
}

/** Counts of windows whose share of half moves by the given shocks. */
function shocked(rows: number, shocks: readonly number[], seed: number): number[] {
  const normal = normals(seed);
  return shocks.map((shock) => Math.round(rows * (0.5 + shock) + Math.sqrt(rows / 4) * normal()));
}

describe("calibrate", () => {
  it("holds each window against the rest", () => {
    const calibration = calibrate(windowsOf([10, 20], [100, 100]));
    // G of 10 against 20 of 100 is 3.986556...; without memory deff is divided by 1 - 1/K.
    expect(calibration.share.deff[0]).toBeCloseTo(2 * 3.986_556, 4);
    const logit = (d: number): number => Math.log((d + 0.5) / (100 - d + 0.5));
    const l = (q: number): number => ((logit(10) - logit(20)) ** 2 * q * (1 - q)) / (2 / 100);
    expect(calibration.logit.deff[0]).toBeCloseTo(l(0.1) + l(0.2), 12);
    expect(calibration).toMatchObject({
      k: 2,
      n: 200,
      meanRows: 100,
      signal: "distribution",
      windowSize: HOUR,
    });
    expect([...calibration.counts]).toEqual([30]);
  });

  it("leaves windows of fewer than 50 values out of everything", () => {
    const calibration = calibrate(windowsOf([10, 40, 20], [100, 49, 100]));
    expect(calibration).toMatchObject({ k: 2, n: 200 });
    expect(calibration.share.deff).toEqual(calibrate(windowsOf([10, 20], [100, 100])).share.deff);
  });

  it("finds nothing between independent windows", () => {
    const k = 400;
    const shocks = Array.from({ length: k }, () => 0);
    const { share, logit } = calibrate(windowsOf(shocked(1_000, shocks, 5), Array(k).fill(1_000)));
    for (const { deff, tau, nu } of [share, logit]) {
      expect(deff[0]).toBeGreaterThanOrEqual(1);
      expect(deff[0]).toBeLessThan(1.3);
      expect(tau[0]).toBeLessThan(3);
      expect(nu[0]).toBeGreaterThan(100);
      expect(nu[0]).toBeLessThanOrEqual(k - 1);
    }
  });

  it("finds shocks that windows share", () => {
    const k = 400;
    const normal = normals(3);
    const shocks = Array.from({ length: k }, () => 0.05 * normal());
    const { share } = calibrate(windowsOf(shocked(1_000, shocks, 6), Array(k).fill(1_000)));
    // 1 + M sd^2 / (q (1 - q)) = 11
    expect(share.deff[0]).toBeGreaterThan(9);
    expect(share.deff[0]).toBeLessThan(13);
    expect(share.tau[0]).toBeLessThan(3);
  });

  it("finds shocks that last, and trusts its deff the less", () => {
    const k = 400;
    const normal = normals(4);
    let level = 0;
    const shocks = Array.from({ length: k }, () => {
      level = 0.95 * level + 0.0156 * normal();
      return level;
    });
    const { share } = calibrate(windowsOf(shocked(1_000, shocks, 7), Array(k).fill(1_000)));
    expect(share.tau[0]).toBeGreaterThan(10);
    expect(share.tau[0]).toBeLessThanOrEqual(k / 2);
    expect(share.nu[0]).toBeLessThan(k / 10);
  });

  it("takes a memory that few runs show for as long as it may well be", () => {
    // Two levels in turn, 20 windows each. Taken at their word, runs of 8 or 16 windows say no more than 12.
    const k = 200;
    const shocks = Array.from({ length: k }, (_, w) => (Math.floor(w / 20) % 2 === 0 ? 0.05 : -0.05));
    const { share } = calibrate(windowsOf(shocked(2_000, shocks, 8), Array(k).fill(2_000)));
    expect(share.tau[0]).toBeGreaterThan(15);
  });

  it("of identical windows has the least deff and the most freedom", () => {
    const { share } = calibrate(windowsOf(Array(48).fill(30), Array(48).fill(100)));
    expect(share.deff[0]).toBeCloseTo(1 / (1 - 1 / 48), 12);
    expect(share.tau[0]).toBe(1);
    expect(share.nu[0]).toBe(47);
  });

  it("says nothing of one window or none", () => {
    for (const rows of [[], [500]]) {
      const calibration = calibrate(windowsOf(Array(rows.length).fill(7), rows));
      expect(calibration).toMatchObject({ k: rows.length, blocks: 0 });
      expect(calibration.share).toEqual({
        deff: Float64Array.of(1),
        nu: Float64Array.of(1),
        tau: Float64Array.of(1),
      });
    }
  });

  it("takes declared independence at its word", () => {
    const calibration = calibrate(windowsOf([1, 90], [30, 100], { independent: true }));
    expect(calibration).toMatchObject({ k: 2, n: 130 });
    expect(calibration.share).toEqual({
      deff: Float64Array.of(1),
      nu: Float64Array.of(Number.POSITIVE_INFINITY),
      tau: Float64Array.of(1),
    });
  });
});

describe("blocks", () => {
  const blocksOf = (hours: number, from = 0): number => {
    const rows = Array<number>(hours).fill(100);
    const windowStart = Float64Array.from(rows, (_, w) => from + w * HOUR);
    return calibrate(windowsOf(Array(hours).fill(50), rows, { windowStart })).blocks;
  };

  it("are three windows until there are ten whole days", () => {
    expect(blocksOf(9 * 24)).toBe(72);
    expect(blocksOf(9 * 24 + 23)).toBe(79);
    expect(blocksOf(10 * 24)).toBe(10);
    expect(blocksOf(10)).toBe(3);
  });

  it("leave an incomplete last one out", () => {
    expect(blocksOf(12 * 24 + 5)).toBe(12);
    expect(blocksOf(12 * 24, 20 * DAY)).toBe(12);
  });

  it("let a calm incomplete day not pass for a calm day", () => {
    const rows = Array<number>(10 * 24 + 1).fill(100);
    const counts = rows.map((_, w) => (w % 2 === 0 ? 45 : 55));
    const whole = calibrate(windowsOf(counts.slice(0, 240), rows.slice(0, 240)));
    const cut = calibrate(windowsOf(counts, rows));
    expect(cut.blocks).toBe(whole.blocks);
    expect(cut.share.nu[0]).toBeGreaterThan(100);
  });

  it("do not exist without event time", () => {
    const { windowStart: _, ...untimed } = windowsOf(Array(60).fill(50), Array(60).fill(100));
    expect(calibrate(untimed).blocks).toBe(0);
  });
});

describe("fallback", () => {
  const of = (...values: number[]): Float64Array => Float64Array.from(values);
  const parent = {
    ...calibrate(windowsOf([10, 20], [100, 100])),
    k: 300,
    blocks: 12,
    share: { deff: of(2, 5), nu: of(90, 40), tau: of(3, 6) },
    logit: { deff: of(1, 7), nu: of(20, 50), tau: of(1, 2) },
  };

  it("keeps the segment's counts and borrows the worst of its parent's dispersion", () => {
    const own = calibrate({ ...windowsOf([3, 4, 5, 5, 4, 3], [60, 70]), directions: 3 });
    const borrowed = fallback(own, parent);
    expect(borrowed).toMatchObject({ n: 130, meanRows: 65, k: 300, blocks: 12 });
    expect(borrowed.counts).toBe(own.counts);
    expect(borrowed.share).toEqual({ deff: of(5, 5, 5), nu: of(40, 40, 40), tau: of(6, 6, 6) });
    expect(borrowed.logit).toEqual({ deff: of(7, 7, 7), nu: of(20, 20, 20), tau: of(2, 2, 2) });
  });

  it("borrows one degree of freedom from a parent without windows", () => {
    const none = calibrate(windowsOf([1, 2], [10, 20]));
    expect(none.k).toBe(0);
    expect(fallback(none, none).share.nu).toEqual(of(1));
  });
});
