import type { Calibration, Dispersion } from "../../src/statistics/calibration.ts";
import { prepareSeries } from "../../src/verdict/prepared-series.ts";
import type { PreparedSeries, SeriesToPrepare } from "../../src/verdict/prepared-series.ts";
import { categoriesRef } from "../statistics/series.ts";

export const REFERENCE = [500_000, 300_000, 200_000];
const ref = categoriesRef(REFERENCE);

/** The same dispersion in every direction. */
export function dispersion(size: number, { deff = 1, nu = 599, tau = 1 } = {}): Dispersion {
  return {
    deff: new Float64Array(size).fill(deff),
    nu: new Float64Array(size).fill(nu),
    tau: new Float64Array(size).fill(tau),
  };
}

export function calibrated(options: Partial<Calibration> = {}): Calibration {
  const counts = options.counts ?? Float64Array.from(REFERENCE);
  return {
    signal: "distribution",
    windowSize: 3_600_000,
    k: 600,
    blocks: 12,
    n: 1_000_000,
    meanRows: 1_000_000 / 600,
    counts,
    share: dispersion(counts.length),
    logit: dispersion(counts.length),
    ...options,
  };
}

export function prepared(
  calibration: Calibration | undefined,
  options: Partial<SeriesToPrepare> = {},
): PreparedSeries {
  return prepareSeries({ ref, signal: "distribution", calibration, alpha: 1e-6, ...options });
}
