import { calibrate } from "../../src/reference/calibration.ts";
import type { Calibration, Dispersion } from "../../src/statistics/calibration.ts";
import { studentCritical } from "../../src/statistics/distributions.ts";
import { likelihoodRatio } from "../../src/statistics/likelihood-ratio.ts";
import type { PreparedSeries, Scale } from "../../src/verdict/prepared-series.ts";
import type { Simulation } from "./marginal.ts";
import { createRandom } from "../../src/commands/scenario/random.ts";
import { scenarioNamed, SCENARIOS } from "./scenarios.ts";

/** A part of the procedure that could be left out by mistake, and a world in which it is needed. */
export interface Mutation {
  readonly name: string;
  readonly world: string;
  readonly intact: Simulation;
  readonly spoiled: Simulation;
}

export const MUTATIONS: readonly Mutation[] = [withoutDeff(), withoutStudent(), withoutReferenceSize()];

function withoutDeff(): Mutation {
  const intact: Simulation = {
    scenario: scenarioNamed("window shocks sd .1"),
    rows: 500,
    k: 500,
    references: 30,
    windows: 300,
    levels: [1e-2, 1e-3],
    seed: 1,
  };
  const flat = ({ deff, ...rest }: Dispersion): Dispersion => ({ ...rest, deff: deff.map(() => 1) });
  const mutateCalibration = (calibration: Calibration): Calibration => ({
    ...calibration,
    share: flat(calibration.share),
    logit: flat(calibration.logit),
  });
  const world = "window shocks sd .1, K 500, M 500";
  return { name: "deff taken for 1", world, intact, spoiled: { ...intact, mutateCalibration } };
}

function withoutStudent(): Mutation {
  const intact: Simulation = {
    scenario: scenarioNamed("share 0.1, log-share shocks sd 0.2"),
    rows: 500,
    k: 30,
    references: 2_500,
    windows: 350,
    levels: [1e-3, 1e-4, 1e-5],
    seed: 2,
  };
  const mutateSeries = (series: PreparedSeries, level: number): PreparedSeries => {
    const normal = studentCritical(level / series.kept.length, Number.POSITIVE_INFINITY) ** 2;
    return onBothScales(series, ({ critical }) => ({ critical: critical.map(() => normal) }));
  };
  const world = "share .1, log-share shocks sd .2, K 30, M 500";
  return { name: "the normal law for Student's t", world, intact, spoiled: { ...intact, mutateSeries } };
}

function withoutReferenceSize(): Mutation {
  const intact: Simulation = {
    scenario: { ...SCENARIOS[0], referenceRows: () => 100 },
    rows: 2_000,
    k: 10,
    references: 200,
    windows: 50,
    levels: [1e-2, 1e-3],
    seed: 3,
    independent: true,
  };
  const mutateSeries = (series: PreparedSeries): PreparedSeries =>
    onBothScales(series, ({ reference }) => ({ reference: reference.map(() => 0) }));
  const world = "independent rows, N 1,000, M 2,000";
  return { name: "1/N dropped", world, intact, spoiled: { ...intact, mutateSeries } };
}

function onBothScales(series: PreparedSeries, change: (scale: Scale) => Partial<Scale>): PreparedSeries {
  return {
    ...series,
    share: { ...series.share, ...change(series.share) },
    logit: { ...series.logit, ...change(series.logit) },
  };
}

const ROWS = 1_000;
const SHARE = 0.3;
const SHOCK = 0.05;
/** 1 + (M - 1) sd^2 / (q (1 - q)). */
const TRUE_DEFF = 1 + ((ROWS - 1) * SHOCK * SHOCK) / (SHARE * (1 - SHARE));

/** How far deff lies from the truth over many references of 12 windows, in standard errors: as computed, and spoiled. */
export function measureOwnReference(references = 1_500): { againstRest: number; againstAll: number } {
  const random = createRandom(4);
  const drawn = Array.from({ length: references }, () =>
    Float64Array.from({ length: 12 }, () => random.binomial(ROWS, SHARE + SHOCK * random.normal())),
  );
  return { againstRest: deviations(drawn.map(deffOf)), againstAll: deviations(drawn.map(deffAgainstAll)) };
}

function deviations(deffs: readonly number[]): number {
  const mean = deffs.reduce((sum, one) => sum + one, 0) / deffs.length;
  const variance = deffs.reduce((sum, one) => sum + (one - mean) ** 2, 0) / (deffs.length - 1);
  return (mean - TRUE_DEFF) / Math.sqrt(variance / deffs.length);
}

function deffOf(counts: Float64Array): number {
  const { share } = calibrate({
    signal: "distribution",
    windowSize: 1,
    directions: 1,
    rows: new Float64Array(counts.length).fill(ROWS),
    counts,
    windowStart: Float64Array.from(counts, (_, w) => w),
    independent: false,
  });
  return share.deff[0] * (1 - share.tau[0] / counts.length);
}

function deffAgainstAll(counts: Float64Array): number {
  const total = counts.reduce((sum, one) => sum + one, 0);
  const n = ROWS * counts.length;
  return counts.reduce((sum, d) => sum + likelihoodRatio(total, n, d, ROWS), 0) / counts.length;
}
