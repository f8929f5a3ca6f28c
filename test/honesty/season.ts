import { calibrateSeason, type Season } from "../../src/reference/season.ts";
import { refOf } from "../../src/reference/series.ts";
import { countDirections, directionsOf } from "../../src/statistics/directions.ts";
import { LEAST_VALUES } from "../../src/statistics/measure.ts";
import type { Trust } from "../../src/statistics/score.ts";
import { prepareSeason, slotAt, type PreparedSeason } from "../../src/verdict/prepared-season.ts";
import { explainSignificance, isSignificant } from "../../src/verdict/significance.ts";
import type { SimulatedColumn } from "./column.ts";
import { addReference, emptyOutcome, type MutableOutcome, type Outcome } from "./marginal.ts";
import { createRandom } from "../../src/commands/scenario/random.ts";
import type { SeasonWorld } from "./season-worlds.ts";
import type { Source } from "./source.ts";

const HOUR = 3_600_000;
const WEEK_HOURS = 168;

export interface SeasonSimulation {
  readonly world: SeasonWorld;
  /** Rows of a usual hour, M. */
  readonly rows: number;
  /** Whole weeks of each reference, W. */
  readonly weeks: number;
  /** References, each drawn anew. */
  readonly references: number;
  /** Hours held against each, right after it. */
  readonly hours: number;
  /** Falling. */
  readonly levels: readonly number[];
  readonly seed: number;
  /** As in Simulation (marginal.ts). */
  readonly drawn?: number;
  readonly only?: Trust | undefined;
  /** Spoils what the product learnt, to see that the simulation notices. */
  readonly mutate?: (season: Season) => Season;
}

/** As simulate (marginal.ts), of references that know their season. */
export function simulateSeasons(simulation: SeasonSimulation): ReadonlyMap<Trust, Outcome> {
  const { levels, references, hours, drawn = 0, only } = simulation;
  const outcomes = new Map<Trust, MutableOutcome>();
  for (let reference = drawn; reference < drawn + references; reference += 1) {
    const { trust, live } = drawReference(simulation, reference);
    const outcome = outcomes.get(trust) ?? emptyOutcome(levels.length);
    outcomes.set(trust, outcome);
    outcome.references += 1;
    if (only !== undefined && trust !== only) continue;
    addReference(outcome, { windows: hours, ...live() });
  }
  return outcomes;
}

/** One reference; `live` judges the hours that follow it. */
function drawReference(
  simulation: SeasonSimulation,
  reference: number,
): { trust: Trust; live: () => { judged: number; alarms: number[] } } {
  const { world, rows, weeks, levels, seed } = simulation;
  const source = world.open(createRandom(seed + 7_919 * reference));
  const from = weeks * WEEK_HOURS;
  const sections = drawHours({ world, source, rows, from: 0, hours: from });
  const prepared = learnSeason(world.column, sections, { alpha: levels[0], mutate: simulation.mutate });
  // The tables are of the references of which nothing more can be asked.
  const { trust: own, isLongSeason } = prepared.typical.prepared;
  const trust = isLongSeason === true ? "promised" : own;
  return { trust, live: () => judgeHours({ simulation, source, prepared, from }) };
}

function judgeHours(options: {
  readonly simulation: SeasonSimulation;
  readonly source: Source;
  readonly prepared: PreparedSeason;
  readonly from: number;
}): { judged: number; alarms: number[] } {
  const { simulation, source, prepared, from } = options;
  const { world, rows, levels, hours } = simulation;
  const alarms = levels.map(() => 0);
  let judged = 0;
  for (const [i, section] of drawHours({ world, source, rows, from, hours }).entries()) {
    const slot = slotAt(prepared, (from + i) * HOUR).prepared;
    if (slot.status !== "ok" || world.hourRows(rows, from + i) < LEAST_VALUES) continue;
    judged += 1;
    // The exact p takes long, and nearly no window needs it.
    if (!isSignificant(slot, section)) continue;
    const { p = 1 } = explainSignificance(slot, section);
    for (const [level, alpha] of levels.entries()) if (p <= alpha) alarms[level] += 1;
  }
  return { judged, alarms };
}

function drawHours(options: {
  readonly world: SeasonWorld;
  readonly source: Source;
  readonly rows: number;
  readonly from: number;
  readonly hours: number;
}): Float64Array[] {
  const { world, source, rows, from, hours } = options;
  return Array.from({ length: hours }, (_, i) => {
    const section = new Float64Array(world.column.length);
    source.next(world.hourRows(rows, from + i), section);
    return section;
  });
}

/** A reference of these hours, the first at the epoch, prepared at a level. */
function learnSeason(
  { described, length }: SimulatedColumn,
  sections: readonly Float64Array[],
  { alpha, mutate }: { readonly alpha: number; readonly mutate?: SeasonSimulation["mutate"] | undefined },
): PreparedSeason {
  const total = new Float64Array(length);
  for (const section of sections) for (let i = 0; i < length; i += 1) total[i] += section[i];
  const ref = refOf(described, total);
  const directions = directionsOf(ref, "distribution");
  const { size } = directions;
  const counts = new Float64Array(sections.length * size);
  const rows = Float64Array.from(sections, (section, w) =>
    countDirections(directions, section, counts.subarray(w * size, (w + 1) * size)),
  );
  const season = calibrateSeason({
    signal: "distribution",
    windowSize: HOUR,
    directions: size,
    rows,
    counts,
    windowStart: Float64Array.from(sections, (_, w) => w * HOUR),
    independent: false,
  });
  return prepareSeason({ ref, season: mutate?.(season) ?? season, alpha });
}
