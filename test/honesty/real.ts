import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { buildGrid, type Grid } from "../../src/counts/grid.ts";
import { refOf } from "../../src/reference/series.ts";
import type { ReferenceColumn } from "../../src/reference/reference.ts";
import type { Calibration } from "../../src/statistics/calibration.ts";
import { countDirections, directionsOf } from "../../src/statistics/directions.ts";
import { ks } from "../../src/statistics/measures/ks.ts";
import { prepareSeries, type PreparedSeries } from "../../src/verdict/prepared-series.ts";
import { explainSignificance } from "../../src/verdict/significance.ts";
import { INACTIVE, step } from "../../src/verdict/verdict.ts";
import { binsSection } from "../statistics/series.ts";
import { learn } from "./marginal.ts";

/** A real stream: columns of numbers, in order. */
export type Table = ReadonlyMap<string, Float64Array>;

/** A table of test/honesty/data: CSV with a header, packed. */
export function readTable(url: URL): Table {
  const [header = "", ...lines] = gunzipSync(readFileSync(url)).toString("utf8").trimEnd().split("\n");
  const columns = header.split(",").map((name) => [name, new Float64Array(lines.length)] as const);
  for (const [row, line] of lines.entries()) {
    for (const [c, cell] of line.split(",").entries()) columns[c][1][row] = Number(cell);
  }
  return new Map(columns);
}

/** The rows that lie in each window of `size`, by a rising key. */
export function windowsOf(keys: ArrayLike<number>, size: number): { from: number; to: number }[] {
  const windows: { from: number; to: number }[] = [];
  for (let row = 0; row < keys.length; row += 1) {
    const number = Math.floor((keys[row] - keys[0]) / size);
    while (windows.length <= number) windows.push({ from: row, to: row });
    windows[number].to = row + 1;
  }
  return windows;
}

export interface LearntStream {
  readonly grid: Grid;
  readonly described: ReferenceColumn;
  readonly calibration: Calibration;
  readonly counts: Float64Array;
  /** One section per window of the reference. */
  readonly sections: readonly Float64Array[];
}

/** A reference of one column of a stream; `windows` are of equal length, `size` ms. */
export function learnStream(options: {
  readonly values: Float64Array;
  readonly windows: readonly { from: number; to: number }[];
  readonly size: number;
  readonly independent?: boolean;
}): LearntStream {
  const { values, windows, size, independent = false } = options;
  const rows = values.slice(windows[0].from, windows[windows.length - 1].to);
  const grid = buildGrid(rows);
  const described = { name: "x", type: "number", role: "feature", pii: false, grid, categories: [] } as const;
  const sections = windows.map(({ from, to }) => binsSection(grid, values.subarray(from, to)));
  const { ref, calibration } = learn(sections, described, independent, size);
  return { grid, described, calibration, counts: ref.counts, sections };
}

/** What became of a stream's windows. */
export interface StreamOutcome {
  readonly windows: number;
  readonly judged: number;
  /** The smallest p of a judged window. */
  readonly leastP: number;
  /** How many p lie below 1e-2 and 1e-5, and how many of Kolmogorov-Smirnov over the same windows. */
  readonly below: { readonly hundredth: number; readonly tiny: number };
  readonly plainBelow: { readonly hundredth: number; readonly tiny: number };
  readonly trust: string;
}

/** Holds every window of the reference against the rest of it. */
export function leaveOneOut({ described, calibration, counts, sections }: LearntStream): StreamOutcome {
  const ref = refOf(described, counts);
  const directions = directionsOf(ref, "distribution");
  const own = new Float64Array(directions.size);
  return judgeSections(sections, (section) => {
    const m = countDirections(directions, section, own);
    const rest = {
      ...calibration,
      n: calibration.n - m,
      counts: calibration.counts.map((count, e) => count - own[e]),
    };
    return {
      series: prepareSeries({ ref, signal: "distribution", calibration: rest, alpha: 1e-5 }),
      without: refOf(
        described,
        counts.map((count, i) => count - section[i]),
      ),
    };
  });
}

/** Holds later windows against the reference. */
export function followOn(learnt: LearntStream, sections: readonly Float64Array[]): StreamOutcome {
  const ref = refOf(learnt.described, learnt.counts);
  const { calibration } = learnt;
  const series = prepareSeries({ ref, signal: "distribution", calibration, alpha: 1e-5 });
  return judgeSections(sections, () => ({ series, without: ref }));
}

function judgeSections(
  sections: readonly Float64Array[],
  baselineOf: (section: Float64Array) => { series: PreparedSeries; without: ReturnType<typeof refOf> },
): StreamOutcome {
  const found = { judged: 0, leastP: 1, trust: "" };
  const below = { hundredth: 0, tiny: 0 };
  const plainBelow = { hundredth: 0, tiny: 0 };
  for (const section of sections) {
    const { series, without } = baselineOf(section);
    found.trust = series.trust;
    const { status, p } = explainSignificance(series, section);
    const plain = Number(ks.score(without, section).extras?.pIid ?? 1);
    plainBelow.hundredth += Number(plain < 1e-2);
    plainBelow.tiny += Number(plain < 1e-5);
    if (status !== "ok" || p === undefined) continue;
    found.judged += 1;
    found.leastP = Math.min(found.leastP, p);
    below.hundredth += Number(p < 1e-2);
    below.tiny += Number(p < 1e-5);
  }
  return { windows: sections.length, ...found, below, plainBelow };
}

/** What a rule without `for` says of a stream that is looked at every few rows: the first rows at which it fires. */
export function findChanges(options: {
  readonly table: Table;
  readonly reference: number;
  readonly window: number;
  readonly every: number;
  readonly level: number;
}): { readonly at: number; readonly columns: readonly string[] }[] {
  const { table, reference, window, every, level } = options;
  const rows = [...table.values()][0].length;
  const changes: { at: number; columns: string[] }[] = [];
  let start = 0;
  while (start + reference + window <= rows) {
    const series = seriesOf(table, { start, reference, window, level });
    const verdicts = new Map(series.map(({ name }) => [name, INACTIVE]));
    let fired: { at: number; columns: string[] } | undefined;
    for (let end = start + reference + window; end <= rows && fired === undefined; end += every) {
      const columns = series.flatMap(({ name, prepared, grid, values }) => {
        const section = binsSection(grid, values.subarray(end - window, end));
        const { p = 1 } = explainSignificance(prepared, section);
        const patience = { evaluations: 1, keepFiringFor: 0 };
        const verdict = verdicts.get(name) ?? INACTIVE;
        const result = step(verdict, p <= level ? "significant" : "calm", end, patience);
        verdicts.set(name, result.verdict);
        return result.transition === "firing" ? [name] : [];
      });
      if (columns.length > 0) fired = { at: end, columns };
    }
    if (fired === undefined) break;
    changes.push(fired);
    // What came after the change is the new reference.
    start = fired.at;
  }
  return changes;
}

function seriesOf(
  table: Table,
  { start, reference, window, level }: { start: number; reference: number; window: number; level: number },
): { name: string; values: Float64Array; grid: Grid; prepared: PreparedSeries }[] {
  const windows = Array.from({ length: Math.floor(reference / window) }, (_, w) => ({
    from: start + w * window,
    to: start + (w + 1) * window,
  }));
  return [...table].map(([name, values]) => {
    const learnt = learnStream({ values, windows, size: 1, independent: true });
    const ref = refOf(learnt.described, learnt.counts);
    const { calibration, grid } = learnt;
    const prepared = prepareSeries({ ref, signal: "distribution", calibration, alpha: level });
    return { name, values, grid, prepared };
  });
}
