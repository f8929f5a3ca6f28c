import { pack } from "../../src/counts/packed.ts";
import type { FittedModel } from "../../src/rules/fitted-model.ts";
import { refOf } from "../../src/reference/series.ts";
import { Judge } from "../../src/verdict/judge.ts";
import { prepareSeries } from "../../src/verdict/prepared-series.ts";
import type { PaneValue } from "../../src/window/pane.ts";
import { normalBelow, normalColumn, type SimulatedColumn } from "./column.ts";
import { fitColumns, sectionOf, type LearntColumn } from "./fitted.ts";
import { learn } from "./marginal.ts";
import { createRandom, type Random } from "../../src/commands/scenario/random.ts";
import { lastingShock, noShock, type Shock } from "./source.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const PANES_PER_WINDOW = 60;
const MONTH = 43_200;
const VERSION = "v1";

/** A month of a model whose data follow a latent autoregression and never change. */
export interface Month {
  readonly seed: number;
  readonly columns: number;
  /** Rows of a pane. */
  readonly rows: number;
  /** Sd of the latent move of each column's mean, in its own sd, and its autoregression from pane to pane. */
  readonly sd: number;
  readonly memory: number;
  /** Evaluations of each series. */
  readonly evaluations?: number;
  /** Windows of the reference. */
  readonly k?: number;
  /** Declares the reference's rows independent. */
  readonly independent?: boolean;
  /** Spans between the directions' edges: 10 by default, 2 leave one direction, at the median. */
  readonly groups?: number;
  /** Budgets to run side by side on the same panes; `for` and `falseAlarms` may be spoiled to see that it shows. */
  readonly budgets: readonly { readonly falseAlarms: number; readonly for?: number }[];
  /** Sees every pane too: what other rules would say of the same stream. */
  readonly watch?: (seen: SeenPane) => void;
}

/** A pane's counts, all columns in one vector that is used again, and what was learnt of each. */
export interface SeenPane {
  readonly vector: Float64Array;
  readonly offsets: readonly number[];
  readonly learnt: readonly SeenColumn[];
}

/** What was learnt, and the windows that it was learnt from. */
interface SeenColumn extends LearntColumn {
  readonly sections: readonly Float64Array[];
}

/** Entries into firing of each budget, over the month and all columns. */
export interface MonthOutcome {
  readonly alarms: readonly number[];
  /** Series that could be judged, and whose trust was `promised`. */
  readonly judged: number;
  readonly promised: number;
}

/** Runs a month through the judge itself: packed panes in, transitions out. */
export function runMonth(month: Month): MonthOutcome {
  const { columns: count, evaluations = MONTH, k = 720, budgets } = month;
  const random = createRandom(month.seed);
  const columns = Array.from({ length: count }, (_, c) => normalColumn(`x${c}`, 10, month.groups));
  const makers = columns.map(() => paneMaker(month, random));
  const learnt = columns.map((column, c) => learnColumn({ month, column, draw: makers[c], k }));
  const models = budgets.map(({ falseAlarms, for: wait = 10 * MINUTE }) =>
    fitColumns(learnt, {
      pane: MINUTE,
      window: HOUR,
      for: wait,
      // Nothing joins two alarms into one.
      keepFiringFor: 0,
      falseAlarms,
      per: evaluations * MINUTE,
      atLeast: 0,
    }),
  );
  const judges = models.map((model) => {
    const judge = new Judge(model);
    judge.setVersions([VERSION]);
    return judge;
  });
  const alarms = budgets.map(() => 0);
  const offsets = columns.map(({ described }) => sectionOf(models[0], described.name).offset);
  const { stride } = models[0].counting.layout;
  const vector = new Float64Array(stride);
  for (let start = 0; start < evaluations + PANES_PER_WINDOW - 1; start += 1) {
    vector.fill(0);
    for (const [c, make] of makers.entries()) make(vector, offsets[c]);
    month.watch?.({ vector, offsets, learnt });
    const pane = paneOf(models[0], vector, start * MINUTE);
    for (const [i, judge] of judges.entries()) {
      const found = judge.closePanes([pane], (start + 1) * MINUTE, { now: (start + 1) * MINUTE });
      alarms[i] += found.filter(({ alert }) => alert.state === "firing").length;
    }
  }
  return { alarms, ...fitness(learnt) };
}

function fitness(learnt: readonly LearntColumn[]): { judged: number; promised: number } {
  const promised = learnt.filter(({ described, counts, calibration }) => {
    const ref = refOf(described, counts);
    return prepareSeries({ ref, signal: "distribution", calibration, alpha: 1e-5 }).trust === "promised";
  });
  return { judged: learnt.length, promised: promised.length };
}

/** Adds the counts of one pane of one column to a section. */
type PaneMaker = (section: Float64Array, offset: number) => void;

/** Each row takes one of so many equally likely values: half of a uniform number of 32 bits. */
const LEVELS = 65_536;

function paneMaker({ rows, sd, memory }: Month, random: Random): PaneMaker {
  const shock: Shock = sd === 0 ? noShock : lastingShock(sd, memory, random);
  const edges = normalColumn("x").described.grid?.edges ?? new Float64Array(0);
  const below = new Float64Array(edges.length);
  return (section, offset) => {
    const shift = shock();
    for (let edge = 0; edge < edges.length; edge += 1)
      below[edge] = LEVELS * normalBelow(edges[edge] - shift);
    for (let row = 0; row < rows; row += 2) {
      const both = random.uniform() * LEVELS;
      const first = Math.floor(both);
      section[offset + binOf(below, first)] += 1;
      if (row + 1 < rows) section[offset + binOf(below, (both - first) * LEVELS)] += 1;
    }
  };
}

function binOf(below: Float64Array, level: number): number {
  let bin = level < below[4] ? 0 : 5;
  while (bin < below.length && below[bin] <= level) bin += 1;
  return bin;
}

function learnColumn(options: {
  month: Month;
  column: SimulatedColumn;
  draw: PaneMaker;
  k: number;
}): SeenColumn {
  const { month, column, draw, k } = options;
  const sections = Array.from({ length: k }, () => {
    const section = new Float64Array(column.length);
    for (let pane = 0; pane < PANES_PER_WINDOW; pane += 1) draw(section, 0);
    return section;
  });
  const { ref, calibration } = learn(sections, column.described, month.independent ?? false);
  return { described: column.described, counts: ref.counts, calibration, sections };
}

function paneOf({ counting }: FittedModel, vector: Float64Array, start: number): PaneValue {
  return { layout: counting.layout.id, version: VERSION, segment: "all", start, packed: pack(vector) };
}
