import { calibrate } from "../../src/reference/calibration.ts";
import { refOf } from "../../src/reference/series.ts";
import type { Calibration } from "../../src/statistics/calibration.ts";
import { countDirections, directionsOf } from "../../src/statistics/directions.ts";
import { LEAST_VALUES } from "../../src/statistics/measure.ts";
import type { Trust } from "../../src/statistics/score.ts";
import { prepareComparison } from "../../src/verdict/prepared-comparison.ts";
import { prepareSeries, type PreparedSeries } from "../../src/verdict/prepared-series.ts";
import { isSignificant } from "../../src/verdict/significance.ts";
import { createRandom } from "../../src/commands/scenario/random.ts";
import type { Scenario } from "./scenarios.ts";
import type { Source } from "./source.ts";

const HOUR = 3_600_000;

export interface Simulation {
  readonly scenario: Scenario;
  /** Rows of a usual window, M. */
  readonly rows: number;
  /** Windows of each reference, K. */
  readonly k: number;
  /** References, each drawn anew. */
  readonly references: number;
  /** Windows held against each. */
  readonly windows: number;
  /** Falling. */
  readonly levels: readonly number[];
  readonly seed: number;
  /** How many references of this seed others have drawn before; none by default. */
  readonly drawn?: number;
  /** Windows are held against references of this trust only; the others are counted. All by default. */
  readonly only?: Trust | undefined;
  /** Holds every window against the one before, in place of the reference. */
  readonly isCompared?: boolean;
  /** Declares the reference's rows independent. */
  readonly independent?: boolean;
  /** Spoils what the product computed, to see that the simulation notices. */
  readonly mutateCalibration?: (calibration: Calibration) => Calibration;
  readonly mutateSeries?: (series: PreparedSeries, level: number) => PreparedSeries;
}

/** What became of the windows of the references of one trust. */
export interface Outcome {
  readonly references: number;
  /** Windows, and those of them that could be judged. */
  readonly windows: number;
  readonly judged: number;
  /** By level: alarms of each reference that windows were held against, and windows judged against it. */
  readonly alarms: readonly (readonly number[])[];
  readonly judgedOf: readonly number[];
}

/** A rate over its level, with its jackknife standard error over references. */
export interface Ratio {
  readonly ratio: number;
  readonly error: number;
}

/** Draws references, learns from each as the product does, and holds windows of the same making against them. */
export function simulate(simulation: Simulation): ReadonlyMap<Trust, Outcome> {
  const { levels, references, windows, drawn = 0, only } = simulation;
  const outcomes = new Map<Trust, MutableOutcome>();
  for (let reference = drawn; reference < drawn + references; reference += 1) {
    const { series, live } = draw(simulation, reference);
    const { trust } = series[0];
    const outcome = outcomes.get(trust) ?? emptyOutcome(levels.length);
    outcomes.set(trust, outcome);
    outcome.references += 1;
    if (only !== undefined && trust !== only) continue;
    const alarms = levels.map(() => 0);
    const judged = series[0].status === "ok" ? live(alarms) : 0;
    addReference(outcome, { windows, judged, alarms });
  }
  return outcomes;
}

export interface MutableOutcome {
  references: number;
  windows: number;
  judged: number;
  readonly alarms: number[][];
  readonly judgedOf: number[];
}

export function emptyOutcome(levels: number): MutableOutcome {
  const alarms = Array.from({ length: levels }, (): number[] => []);
  return { references: 0, windows: 0, judged: 0, alarms, judgedOf: [] };
}

/** The windows that were held against one reference, those of them that were judged, and the alarms at each level. */
export function addReference(
  outcome: MutableOutcome,
  { windows, judged, alarms }: { windows: number; judged: number; alarms: readonly number[] },
): void {
  outcome.windows += windows;
  outcome.judged += judged;
  outcome.judgedOf.push(judged);
  for (const [i, found] of alarms.entries()) outcome.alarms[i].push(found);
}

/** One reference, prepared at every level; `live` judges the windows that follow it and answers how many could be. */
function draw(
  simulation: Simulation,
  reference: number,
): { series: PreparedSeries[]; live: (alarms: number[]) => number } {
  const { scenario, rows, k, levels, seed } = simulation;
  const random = createRandom(seed + 7_919 * reference);
  const source = scenario.open(random);
  const { described, length } = scenario.column;
  const sections = Array.from({ length: k }, (_, w) => {
    const section = new Float64Array(length);
    source.next(scenario.referenceRows(rows, w), section);
    return section;
  });
  const { ref, calibration } = learn(sections, described, simulation.independent ?? false);
  const learned = simulation.mutateCalibration?.(calibration) ?? calibration;
  const series = levels.map((alpha) => {
    const prepared = prepareSeries({ ref, signal: "distribution", calibration: learned, alpha });
    return simulation.mutateSeries?.(prepared, alpha) ?? prepared;
  });
  return { series, live: (alarms) => judgeWindows({ simulation, source, series, alarms }) };
}

/** A reference of these windows, one after the other, `size` ms each. */
export function learn(
  sections: readonly Float64Array[],
  described: Scenario["column"]["described"],
  independent: boolean,
  size = HOUR,
): { ref: ReturnType<typeof refOf>; calibration: Calibration } {
  const total = new Float64Array(sections[0].length);
  for (const section of sections) for (let i = 0; i < total.length; i += 1) total[i] += section[i];
  const ref = refOf(described, total);
  const directions = directionsOf(ref, "distribution");
  const counts = new Float64Array(sections.length * directions.size);
  const counted = sections.map((section, w) =>
    countDirections(directions, section, counts.subarray(w * directions.size, (w + 1) * directions.size)),
  );
  const calibration = calibrate({
    signal: "distribution",
    windowSize: size,
    directions: directions.size,
    rows: Float64Array.from(counted),
    counts,
    windowStart: Float64Array.from(sections, (_, w) => w * size),
    independent,
  });
  return { ref, calibration };
}

interface Judging {
  readonly simulation: Simulation;
  readonly source: Source;
  readonly series: readonly PreparedSeries[];
  readonly alarms: number[];
}

function judgeWindows({ simulation, source, series, alarms }: Judging): number {
  const { scenario, rows, k, windows } = simulation;
  const compared = simulation.isCompared === true ? series.map(prepareComparison) : undefined;
  let section = new Float64Array(scenario.column.length);
  let before = new Float64Array(scenario.column.length);
  let judged = 0;
  for (let w = k; w < k + windows; w += 1) {
    const m = scenario.liveRows(rows, w);
    [section, before] = [before, section];
    source.next(m, section.fill(0));
    const held = compared?.map(({ against }) => against(before)) ?? series;
    if (m < LEAST_VALUES || held[0].status !== "ok") continue;
    judged += 1;
    // What is no news at one level is none at a smaller one.
    for (let i = 0; i < held.length && isSignificant(held[i], section); i += 1) alarms[i] += 1;
  }
  return judged;
}

/** The share of judged windows that alarmed at the i-th level, over that level. */
export function ratioOf({ alarms, judged, judgedOf }: Outcome, i: number, level: number): Ratio {
  const found = alarms[i].reduce((sum, one) => sum + one, 0);
  const rate = found / judged;
  const { length } = judgedOf;
  // The jackknife of a ratio of sums: what it would be without each reference in turn.
  let squares = 0;
  for (let r = 0; r < length; r += 1) {
    const without = judged === judgedOf[r] ? 0 : (found - alarms[i][r]) / (judged - judgedOf[r]);
    squares += (without - rate) ** 2;
  }
  return { ratio: rate / level, error: Math.sqrt(((length - 1) / length) * squares) / level };
}
