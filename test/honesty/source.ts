import { normalBelow, type SimulatedColumn } from "./column.ts";
import type { Random } from "../../src/commands/scenario/random.ts";

/** Draws the windows of one series, one after the other; a source remembers what lasts from window to window. */
export interface Source {
  /** Fills a section, all zero before, with the counts of the next window of `rows` values. */
  next(rows: number, section: Float64Array): void;
}

/** What every window of a series shares: the move of its mean, in sd, or of its log-shares. */
export type Shock = () => number;

export function noShock(): number {
  return 0;
}

export function windowShock(sd: number, random: Random): Shock {
  return () => sd * random.normal();
}

/** Student's t with 4 degrees of freedom, scaled to the given sd. */
export function heavyShock(sd: number, random: Random): Shock {
  return () => {
    const chi2 = -2 * Math.log(random.uniform() * random.uniform());
    return (sd * random.normal()) / Math.sqrt(chi2 / 4) / Math.SQRT2;
  };
}

/** An autoregression between windows that begins in its stationary state. */
export function lastingShock(sd: number, memory: number, random: Random): Shock {
  let level = random.normal();
  const fresh = Math.sqrt(1 - memory * memory);
  return () => {
    level = memory * level + fresh * random.normal();
    return sd * level;
  };
}

/** Hours of a day, the first at midnight. */
export function dailyShock(amplitude: number): Shock {
  let hour = -1;
  return () => {
    hour += 1;
    return amplitude * Math.sin((2 * Math.PI * (hour % 24)) / 24);
  };
}

/** Normal values whose mean moves by the shock, in sd. */
export function shiftedSource(column: SimulatedColumn, shock: Shock, random: Random): Source {
  const { shares } = column;
  const edges = column.described.grid?.edges ?? new Float64Array(0);
  const moved = Float64Array.from(shares);
  return {
    next(rows, section) {
      const shift = shock();
      if (shift !== 0 || shock !== noShock) {
        let below = 0;
        for (let bin = 0; bin < moved.length; bin += 1) {
          const upTo = bin < edges.length ? normalBelow(edges[bin] - shift) : 1;
          moved[bin] = upTo - below;
          below = upTo;
        }
      }
      drawCells({ rows, shares: moved, section, random });
    },
  };
}

/** Shares that are multiplied by exp(shock), each cell with its own; of two cells only the first moves by itself. */
export function multipliedSource(column: SimulatedColumn, shock: Shock, random: Random): Source {
  const { shares } = column;
  const moved = Float64Array.from(shares);
  return {
    next(rows, section) {
      if (shares.length === 2) {
        moved[0] = Math.min(0.95, shares[0] * Math.exp(shock()));
        moved[1] = 1 - moved[0];
      } else {
        let total = 0;
        for (let cell = 0; cell < shares.length; cell += 1) {
          moved[cell] = shares[cell] * Math.exp(shock());
          total += moved[cell];
        }
        for (let cell = 0; cell < shares.length; cell += 1) moved[cell] /= total;
      }
      drawCells({ rows, shares: moved, section, random });
    },
  };
}

/** 65,536 equally likely standard normal values: enough for a row, which only has to find its bin. */
const LEVELS = 65_536;
let normalLevels: Float64Array | undefined;

function levels(random: Random): Float64Array {
  normalLevels ??= Float64Array.from({ length: LEVELS }, () => random.normal()).sort();
  return normalLevels;
}

/** An autoregression from row to row around a mean, in sd: each row is drawn and binned by itself. */
export function chainedSource(column: SimulatedColumn, memory: number, random: Random, mean = 0): Source {
  const edges = column.described.grid?.edges ?? new Float64Array(0);
  const table = levels(random);
  const fresh = Math.sqrt(1 - memory * memory);
  let value = random.normal();
  return {
    next(rows, section) {
      for (let row = 0; row < rows; row += 1) {
        value = memory * value + fresh * table[Math.floor(random.uniform() * LEVELS)];
        let bin = 0;
        while (bin < edges.length && edges[bin] <= value + mean) bin += 1;
        section[bin] += 1;
      }
    },
  };
}

/** A multinomial draw, cell by cell. */
function drawCells(options: {
  readonly rows: number;
  readonly shares: Float64Array;
  readonly section: Float64Array;
  readonly random: Random;
}): void {
  const { rows, shares, section, random } = options;
  let left = rows;
  let mass = 1;
  for (let cell = 0; cell < shares.length - 1 && left > 0; cell += 1) {
    const drawn = random.binomial(left, Math.min(1, shares[cell] / mass));
    section[cell] = drawn;
    left -= drawn;
    mass -= shares[cell];
  }
  section[shares.length - 1] += left;
}
