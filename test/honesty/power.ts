import { prepareSeries } from "../../src/verdict/prepared-series.ts";
import { isSignificant } from "../../src/verdict/significance.ts";
import { categoryColumn, normalColumn, type SimulatedColumn } from "./column.ts";
import { learn } from "./marginal.ts";
import { createRandom, type Random } from "../../src/commands/scenario/random.ts";
import { createRivals, RIVAL_NAMES, type RivalName } from "./rivals.ts";
import {
  chainedSource,
  lastingShock,
  multipliedSource,
  noShock,
  shiftedSource,
  windowShock,
  type Shock,
  type Source,
} from "./source.ts";

/** One of 20 columns, evaluated each minute of 30 days, L = 11, one false alarm accepted: .8 / 20 * 11 / 43,200. */
export const MONTHLY_LEVEL = (0.8 / 20) * (11 / 43_200);

/** A change in a world that may already be restless. */
export interface Change {
  readonly stream: string;
  readonly change: string;
  readonly column: SimulatedColumn;
  readonly calm: (random: Random) => Source;
  /** The same world after the change. */
  readonly moved: (random: Random) => Source;
}

export type RuleName = "driftd" | RivalName;
export const RULE_NAMES: readonly RuleName[] = ["driftd", ...RIVAL_NAMES];

/** The share of windows that each rule would alarm on. */
export interface PowerOutcome {
  readonly change: Change;
  readonly falseAlarms: ReadonlyMap<RuleName, number>;
  readonly power: ReadonlyMap<RuleName, number>;
}

const normal = normalColumn("x", 60);
/** Twenty categories, the ninth with 4.4%. */
const categories = categoryColumn(
  "c",
  Array.from({ length: 20 }, (_, rank) => (rank === 8 ? 0.044 : (0.956 * 2 ** (-rank / 5)) / 6.4)),
);
/** Of a column's cells, two in a hundred are missing. */
const missing = categoryColumn("missing", [0.02, 0.98]);

function shiftedBy(shift: number, shockOf: (random: Random) => Shock): (random: Random) => Source {
  return (random) => {
    const shock = shockOf(random);
    return shiftedSource(normal, () => shift + shock(), random);
  };
}

function cellsOf(column: SimulatedColumn): (random: Random) => Source {
  return (random) => multipliedSource(column, noShock, random);
}

/** The same column with one share higher by `points`, the others lower in proportion. */
function raised(column: SimulatedColumn, cell: number, points: number): SimulatedColumn {
  const before = column.shares[cell];
  const others = (1 - before - points) / (1 - before);
  const shares = column.shares.map((share, i) => (i === cell ? share + points : share * others));
  return { ...column, shares };
}

const WORLDS: readonly [string, (random: Random) => Shock][] = [
  ["independent rows", () => () => 0],
  ["window shocks sd .05", (random) => windowShock(0.05, random)],
  ["lasting shocks sd .05, AR .9", (random) => lastingShock(0.05, 0.9, random)],
];

export const CHANGES: readonly Change[] = [
  ...WORLDS.flatMap(([stream, shockOf]) =>
    [0.2, 0.3].map((shift) => ({
      stream,
      change: `mean +${shift} sd`,
      column: normal,
      calm: shiftedBy(0, shockOf),
      moved: shiftedBy(shift, shockOf),
    })),
  ),
  ...[0.2, 0.3].map((shift) => ({
    stream: "rows that follow each other, AR 0.5",
    change: `mean +${shift} sd`,
    column: normal,
    calm: (random: Random) => chainedSource(normal, 0.5, random),
    moved: (random: Random) => chainedSource(normal, 0.5, random, shift),
  })),
  ...[0.03, 0.05].map((points) => ({
    stream: "20 categories, independent rows",
    change: `one of 4.4% +${100 * points} points`,
    column: categories,
    calm: cellsOf(categories),
    moved: cellsOf(raised(categories, 8, points)),
  })),
  ...[0.015, 0.03].map((points) => ({
    stream: "missing values, independent rows",
    change: `2% missing +${100 * points} points`,
    column: missing,
    calm: cellsOf(missing),
    moved: cellsOf(raised(missing, 0, points)),
  })),
];

/** Windows of `rows` before and after the change, against fresh references of `k` windows. */
export function measurePower(options: {
  readonly change: Change;
  readonly rows: number;
  readonly k: number;
  readonly references: number;
  readonly windows: number;
  readonly level?: number;
}): PowerOutcome {
  const { change, rows, k, references, windows, level = MONTHLY_LEVEL } = options;
  const falseAlarms = new Map<RuleName, number>(RULE_NAMES.map((name) => [name, 0]));
  const power = new Map(falseAlarms);
  const share = 1 / (references * windows);
  for (let reference = 0; reference < references; reference += 1) {
    const random = createRandom(31 * reference + 7);
    const calm = change.calm(random);
    const sections = Array.from({ length: k }, () => draw(calm, rows, change.column));
    const { ref, calibration } = learn(sections, change.column.described, false);
    const prepared = prepareSeries({ ref, signal: "distribution", calibration, alpha: level });
    const rules = {
      ...createRivals(ref, sections, level),
      driftd: (section: Float64Array) => isSignificant(prepared, section),
    };
    for (const [source, found] of [
      [calm, falseAlarms],
      [change.moved(random), power],
    ] as const) {
      for (let w = 0; w < windows; w += 1) {
        const section = draw(source, rows, change.column);
        for (const name of RULE_NAMES) {
          if (rules[name](section)) found.set(name, (found.get(name) ?? 0) + share);
        }
      }
    }
  }
  return { change, falseAlarms, power };
}

function draw(source: Source, rows: number, column: SimulatedColumn): Float64Array {
  const section = new Float64Array(column.length);
  source.next(rows, section);
  return section;
}
