import { describe, expect, it } from "vitest";
import type { Calibration } from "../../src/statistics/calibration.ts";
import { prepareSeries } from "../../src/verdict/prepared-series.ts";
import { isSignificant } from "../../src/verdict/significance.ts";
import { categoriesRef } from "../statistics/series.ts";

/*
 * The false-alarm rate of one direction, by enumeration of every window and every reference (SIGNIFICANCE 8): binomial
 * counts, and beta-binomial ones whose rows share a shock. "Ratio" is the rate over the nominal level.
 */
const SHARES = [0.01, 0.05, 0.1, 0.3, 0.5];
const ROWS = [100, 200, 500, 2_000, 5_000];
const REFERENCES = [1_000, 10_000, 1e13];
const LEVELS = [1e-3, 1e-5, 1e-7];

/** P(count) of 0..n successes: binomial, or beta-binomial with variance `deff` times as large. */
function probabilities(n: number, share: number, deff: number): Float64Array {
  const result = new Float64Array(n + 1);
  const spread = (n - 1) / (deff - 1) - 1;
  const log = new Float64Array(n + 1);
  for (let i = 0; i < n; i += 1) {
    log[0] += deff === 1 ? Math.log1p(-share) : Math.log(((1 - share) * spread + i) / (spread + i));
  }
  for (let k = 0; k < n; k += 1) {
    const odds = deff === 1 ? share / (1 - share) : (share * spread + k) / ((1 - share) * spread + n - k - 1);
    log[k + 1] = log[k] + Math.log(((n - k) / (k + 1)) * odds);
  }
  for (let k = 0; k <= n; k += 1) result[k] = Math.exp(log[k]);
  return result;
}

/** An ideal calibration: deff known for sure, at any window size. */
function known(count: number, n: number, deff: number): Calibration {
  const one = { deff: Float64Array.of(deff), nu: Float64Array.of(1e9), tau: Float64Array.of(1) };
  const counts = Float64Array.of(count);
  return {
    signal: "distribution",
    windowSize: 1,
    k: 1e9 + 1,
    blocks: 1e6,
    n,
    meanRows: 1e15,
    counts,
    share: one,
    logit: one,
  };
}

interface Enumeration {
  readonly share: number;
  readonly n: number;
  readonly level: number;
  readonly deff: number;
  readonly rows: readonly number[];
}

/** The rate by number of rows: over all references whose chance is worth counting, all windows that are significant. */
function rates({ share, n, level, deff, rows }: Enumeration): number[] {
  const tails = rows.map((m) => tailSums(probabilities(m, share, deff)));
  const result = rows.map(() => 0);
  const references = n > 1e6 ? undefined : probabilities(n, share, 1);
  for (let c = 1; c < (references?.length ?? 2) - (references ? 1 : 0); c += 1) {
    const weight = references?.[c] ?? 1;
    // Together the rest weighs less than a thousandth of the smallest level.
    if (weight < 1e-14) continue;
    const count = references === undefined ? Math.round(share * n) : c;
    const ref = categoriesRef([count, n - count]);
    const series = prepareSeries({
      ref,
      signal: "distribution",
      calibration: known(count, n, deff),
      alpha: level,
    });
    for (const [i, m] of rows.entries()) {
      const section = new Float64Array(5);
      const isNews = (d: number): boolean => {
        section[0] = d;
        section[1] = m - d;
        return isSignificant(series, section);
      };
      const calm = Math.round((m * count) / n);
      const { below, above } = tails[i];
      if (isNews(0)) result[i] += weight * below[furthestNews(isNews, 0, calm)];
      if (isNews(m)) result[i] += weight * above[furthestNews(isNews, m, calm)];
    }
  }
  return result;
}

/** The count nearest to the calm one that still is news, on the side of `end`, which is. */
function furthestNews(isNews: (d: number) => boolean, end: number, calm: number): number {
  let news = end;
  let quiet = calm;
  while (Math.abs(news - quiet) > 1) {
    const middle = (news + quiet) >> 1;
    if (isNews(middle)) news = middle;
    else quiet = middle;
  }
  return news;
}

/** below[d] = P(count <= d), above[d] = P(count >= d). */
function tailSums(p: Float64Array): { below: Float64Array; above: Float64Array } {
  const below = p.slice();
  const above = p.slice();
  for (let d = 1; d < p.length; d += 1) below[d] += below[d - 1];
  for (let d = p.length - 2; d >= 0; d -= 1) above[d] += above[d + 1];
  return { below, above };
}

function worstRatio(deff: number, rows: readonly number[]): number {
  let worst = 0;
  for (const share of SHARES) {
    for (const n of REFERENCES) {
      for (const level of LEVELS) {
        for (const rate of rates({ share, n, level, deff, rows })) worst = Math.max(worst, rate / level);
      }
    }
  }
  return worst;
}

describe("the rate of false alarms of one direction", () => {
  it("is at most 4 times the level for independent rows", () => {
    expect(worstRatio(1, ROWS)).toBeLessThan(4);
  });

  // A share of .01 in 1,000 rows: no case at all is just significant at 1e-5, and has a chance of 4.3e-5.
  it("is at most 5 times the level where the likelihood ratio overrates an empty side", () => {
    const empty = { share: 0.01, n: 1e13, level: 1e-5, deff: 1, rows: [1_000] };
    const [rate] = rates(empty);
    expect(rate / 1e-5).toBeGreaterThan(4);
    expect(rate / 1e-5).toBeLessThan(5);
  });

  it.each([2, 5])("is at most 1.5 times the level for rows with a shared shock, deff %s", (deff) => {
    expect(worstRatio(deff, ROWS)).toBeLessThan(1.5);
  });

  it("is of the level's own size where counts are large", () => {
    const [rate] = rates({ share: 0.5, n: 10_000, level: 1e-3, deff: 1, rows: [5_000] });
    expect(rate / 1e-3).toBeGreaterThan(0.8);
    expect(rate / 1e-3).toBeLessThan(1.2);
  });
});
