import { categoryColumn, normalColumn, type SimulatedColumn } from "./column.ts";
import type { Random } from "../../src/commands/scenario/random.ts";
import {
  lastingShock,
  multipliedSource,
  noShock,
  shiftedSource,
  windowShock,
  type Shock,
  type Source,
} from "./source.ts";

/** A world that repeats itself by the day or the week, and in which nothing else changes. The first hour is Thursday 00 UTC. */
export interface SeasonWorld {
  readonly name: string;
  readonly column: SimulatedColumn;
  /** Windows are hours, each drawn after the other. */
  readonly open: (random: Random) => Source;
  /** Rows of the w-th hour where the usual one has `rows`. */
  readonly hourRows: (rows: number, w: number) => number;
}

const DAY = 24;
const WEEK = 168;
const normal = normalColumn("x");
const zipf = categoryColumn(
  "c",
  Array.from({ length: 20 }, (_, rank) => 1 / (rank + 1)),
);
const steady = (rows: number): number => rows;

function sine(w: number): number {
  return Math.sin((2 * Math.PI * w) / DAY);
}

/** From Monday on. */
function hourOfWeek(w: number): number {
  return (w + 72) % WEEK;
}

function hourly(value: (w: number) => number): Shock {
  let w = -1;
  return () => {
    w += 1;
    return value(w);
  };
}

function sum(...shocks: readonly Shock[]): Shock {
  return () => shocks.reduce((total, shock) => total + shock(), 0);
}

/** Drawn anew after so many hours. */
function every(hours: number, shock: Shock): Shock {
  let value = 0;
  return hourly((w) => {
    if (w % hours === 0) value = shock();
    return value;
  });
}

function daily(amplitude: number): Shock {
  return hourly((w) => amplitude * sine(w));
}

/** A daily sine of 1 sd that is half as large at weekends, where all values lie half an sd higher. */
function weekly(): Shock {
  return hourly((w) => (hourOfWeek(w) < 5 * DAY ? sine(w) : 0.5 * sine(w) + 0.5));
}

function moved(
  name: string,
  shockOf: (random: Random) => Shock,
  hourRows: SeasonWorld["hourRows"] = steady,
): SeasonWorld {
  return { name, column: normal, open: (random) => shiftedSource(normal, shockOf(random), random), hourRows };
}

/** Shocks of an sd that the hour decides. */
function restless(name: string, sdOf: (w: number) => number): SeasonWorld {
  return moved(name, (random) =>
    sum(
      daily(1),
      hourly((w) => sdOf(w) * random.normal()),
    ),
  );
}

function multiplied(share: number, sd: number): SeasonWorld {
  const column = categoryColumn("c", [share, 1 - share]);
  return {
    name: `share ${share}, daily sine and shocks sd ${sd} of its logarithm`,
    column,
    open: (random) => multipliedSource(column, sum(daily(0.5), windowShock(sd, random)), random),
    hourRows: steady,
  };
}

/** Every category has its own hour. */
function phased(random: Random): Source {
  const phases = zipf.shares.map(() => Math.floor(DAY * random.uniform()));
  const { length } = phases;
  const shock = hourly(
    (i) => 0.5 * sine(Math.floor(i / length) + phases[i % length]) + 0.2 * random.normal(),
  );
  return multipliedSource(zipf, shock, random);
}

function amplitude(random: Random): Shock {
  const strength = every(DAY, () => 1 + 0.1 * random.normal());
  const cycle = daily(1);
  return () => strength() * cycle();
}

const slight = (random: Random): Shock => sum(weekly(), windowShock(0.1, random));

/** Shocks are in sd of the column. */
export const SEASON_WORLDS: readonly SeasonWorld[] = [
  moved("independent rows, no season", () => noShock),
  moved("daily sine of 1 sd", () => daily(1)),
  moved("daily sine of 1 sd, hourly shocks sd .1", (random) => sum(daily(1), windowShock(0.1, random))),
  moved("weekly pattern, hourly shocks sd .1", slight),
  moved("weekly pattern, lasting shocks sd .1, AR .9", (random) =>
    sum(weekly(), lastingShock(0.1, 0.9, random)),
  ),
  moved("weekly pattern, lasting shocks sd .2, AR .9", (random) =>
    sum(weekly(), lastingShock(0.2, 0.9, random)),
  ),
  moved("weekly pattern, lasting shocks sd .1, AR .98", (random) =>
    sum(weekly(), lastingShock(0.1, 0.98, random)),
  ),
  moved("weekly pattern, lasting shocks sd .1, AR .995", (random) =>
    sum(weekly(), lastingShock(0.1, 0.995, random)),
  ),
  moved("weekly pattern, a shock sd .1 each day", (random) =>
    sum(weekly(), every(DAY, windowShock(0.1, random))),
  ),
  moved("weekly pattern, a shock sd .1 each week", (random) =>
    sum(weekly(), every(WEEK, windowShock(0.1, random))),
  ),
  moved("weekly pattern, a shock sd .1 each week, AR .9 between weeks", (random) =>
    sum(weekly(), every(WEEK, lastingShock(0.1, 0.9, random))),
  ),
  restless("daily sine, shocks sd .3 from 16 to 20 h, else .05", (w) =>
    w % DAY >= 16 && w % DAY < 20 ? 0.3 : 0.05,
  ),
  restless("daily sine, shocks sd .4 at 9 h, else .05", (w) => (w % DAY === 9 ? 0.4 : 0.05)),
  restless("daily sine, shocks sd .4 on Mondays at 9 h, else .05", (w) => (hourOfWeek(w) === 9 ? 0.4 : 0.05)),
  moved("daily sine whose amplitude varies by a tenth from day to day", amplitude),
  moved("weekly pattern, shocks sd .1, traffic grows by 5% a week", slight, (rows, w) =>
    Math.round(rows * 1.05 ** (w / WEEK)),
  ),
  moved("weekly pattern, shocks sd .1, traffic from a tenth to twice", slight, (rows, w) =>
    Math.round(rows * (1 + 0.9 * sine(w + 6))),
  ),
  moved("weekly pattern, shocks sd .1, nights at a tenth", slight, (rows, w) =>
    w % DAY < 8 ? Math.round(rows / 10) : rows,
  ),
  multiplied(0.05, 0.2),
  multiplied(0.05, 0.3),
  multiplied(0.4, 0.1),
  {
    name: "20 Zipf categories, each with its hour, log-share shocks sd .2",
    column: zipf,
    open: phased,
    hourRows: steady,
  },
];
