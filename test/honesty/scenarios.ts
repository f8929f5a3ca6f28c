import { categoryColumn, normalColumn, zeroInflatedColumn, type SimulatedColumn } from "./column.ts";
import type { Random } from "../../src/commands/scenario/random.ts";
import {
  chainedSource,
  dailyShock,
  heavyShock,
  lastingShock,
  multipliedSource,
  noShock,
  shiftedSource,
  windowShock,
  type Shock,
  type Source,
} from "./source.ts";

/** A world in which nothing changes, so that every alarm is a false one. */
export interface Scenario {
  readonly name: string;
  readonly column: SimulatedColumn;
  /** What no reference of some hundred windows can reveal is reported, and not part of the promise. */
  readonly isPromised: boolean;
  readonly open: (random: Random) => Source;
  /** Rows of the w-th window where the usual window has `rows`. */
  readonly referenceRows: (rows: number, w: number) => number;
  readonly liveRows: (rows: number, w: number) => number;
}

const normal = normalColumn("x");
const zipf = categoryColumn(
  "c",
  Array.from({ length: 50 }, (_, rank) => 1 / (rank + 1)),
);
const steady = (rows: number): number => rows;
/** Two windows as usual, then one of the night. */
const withNights = (rows: number, w: number): number => (w % 3 === 2 ? Math.round(rows / 10) : rows);

function scenario(
  name: string,
  column: SimulatedColumn,
  open: Scenario["open"],
  options: Partial<Scenario> = {},
): Scenario {
  return { name, column, isPromised: true, open, referenceRows: steady, liveRows: steady, ...options };
}

function shifted(
  name: string,
  shockOf: (random: Random) => Shock,
  options: Partial<Scenario> = {},
): Scenario {
  return scenario(name, normal, (random) => shiftedSource(normal, shockOf(random), random), options);
}

function chained(memory: number): Scenario {
  return scenario(`rows that follow each other, AR ${memory}`, normal, (random) =>
    chainedSource(normal, memory, random),
  );
}

function multiplied(name: string, column: SimulatedColumn, sd: number): Scenario {
  return scenario(name, column, (random) => {
    const shock = sd === 0 ? noShock : windowShock(sd, random);
    return multipliedSource(column, shock, random);
  });
}

function shareScenarios(): Scenario[] {
  return [0.01, 0.05, 0.1, 0.4].flatMap((share) =>
    [0.2, 0.3].map((sd) => {
      const column = categoryColumn("c", [share, 1 - share]);
      return multiplied(`share ${share}, log-share shocks sd ${sd}`, column, sd);
    }),
  );
}

/** A window resembles the next hundred: however long the reference, some shocks last for too much of it. */
export const LONGEST = "lasting shocks sd .1, AR .99";

const slight = (random: Random): Shock => windowShock(0.1, random);

/** SIGNIFICANCE 8's list. Shocks are in sd of the column. */
export const SCENARIOS: readonly Scenario[] = [
  shifted("independent rows", () => noShock),
  chained(0.5),
  chained(0.9),
  shifted("window shocks sd .1", slight),
  shifted("window shocks sd .3", (random) => windowShock(0.3, random)),
  shifted("lasting shocks sd .1, AR .9", (random) => lastingShock(0.1, 0.9, random)),
  shifted("lasting shocks sd .2, AR .9", (random) => lastingShock(0.2, 0.9, random)),
  shifted("lasting shocks sd .1, AR .98", (random) => lastingShock(0.1, 0.98, random)),
  shifted(LONGEST, (random) => lastingShock(0.1, 0.99, random), { isPromised: false }),
  shifted("t4 shocks sd .1", (random) => heavyShock(0.1, random), { isPromised: false }),
  shifted("traffic x3, shocks sd .1", slight, { liveRows: (rows) => 3 * rows }),
  shifted("traffic x1/3, shocks sd .1", slight, { liveRows: (rows) => Math.round(rows / 3) }),
  shifted("nights at a tenth, shocks sd .1", slight, { referenceRows: withNights, liveRows: withNights }),
  shifted("daily sine, amplitude .2 sd", () => dailyShock(0.2)),
  multiplied("70% zeros", zeroInflatedColumn("x", 0.7), 0),
  multiplied("70% zeros, log-share shocks sd .2", zeroInflatedColumn("x", 0.7), 0.2),
  multiplied("95% zeros", zeroInflatedColumn("x", 0.95), 0),
  multiplied("50 Zipf categories", zipf, 0),
  multiplied("50 Zipf categories, log-share shocks sd .2", zipf, 0.2),
  ...shareScenarios(),
];

export function scenarioNamed(name: string): Scenario {
  const found = SCENARIOS.find((candidate) => candidate.name === name);
  if (found === undefined) throw new Error(`no scenario ${name}`);
  return found;
}
