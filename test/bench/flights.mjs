// Real flights: every hour of February to June 2001 held against January. PSI, KS and JS of delay, distance and origin.
import { findFlights, readFlights } from "../../dist/commands/demo/flights.js";
import { prepareBins } from "../../dist/counts/bins.js";
import { prepareCategories } from "../../dist/counts/categories.js";
import { buildGrid } from "../../dist/counts/grid.js";
import { buildLayout } from "../../dist/counts/layout.js";
import { SUMMARY_KINDS } from "../../dist/counts/summary-kinds.js";
import { measureNamed } from "../../dist/statistics/measures.js";
import { Intake } from "../../dist/window/intake.js";
import { cpuMicros } from "./machine.mjs";
import { median, printTable } from "./table.mjs";

const HOUR = 3_600_000;
const FEBRUARY = Date.UTC(2001, 1, 1);
const BATCH = 65_536;
const ROUNDS = 5;
const COLUMNS = [
  { name: "delay", type: "number" },
  { name: "distance", type: "number" },
  { name: "origin", type: "category" },
];
const MEASURES = ["psi", "ks", "js"].map(measureNamed);
/** The same work by others, once, on 2 cores of another day; seconds of CPU. */
const QUOTED = [
  ["numpy, counts and the three formulas by hand", 0.45],
  ["NannyML", 7.6],
  ["whylogs", 116],
  ["scipy on raw values", 218],
  ["Evidently", 2_526],
];

export async function run() {
  const flights = await readColumns();
  const rounds = [];
  let result;
  for (let round = 0; round < ROUNDS; round++) {
    const before = cpuMicros();
    result = scoreHours(flights);
    rounds.push((cpuMicros() - before) / 1e6);
  }
  const { rows, windows, scores } = result;
  printTable(`flights: ${rows} flights in ${windows} hours, ${scores} scores, after reading`, [
    ["", "seconds of CPU"],
    ["first round, code not yet compiled", rounds[0]],
    [`median of ${ROUNDS} rounds`, median(rounds)],
    ...QUOTED.map(([name, seconds]) => [`${name} (quoted)`, seconds]),
  ]);
}

/** All flights as columns of the types that events have. */
async function readColumns() {
  const chunks = [];
  for await (const chunk of readFlights(findFlights())) chunks.push(chunk);
  const join = (name, Type) => {
    const joined = new Type(chunks.reduce((sum, { rows }) => sum + rows, 0));
    for (const chunk of chunks) joined.set(chunk[name], chunk.firstRow);
    return joined;
  };
  const time = join("time", Float64Array);
  return {
    time,
    january: time.findIndex((start) => start >= FEBRUARY),
    values: [join("delay", Float64Array), join("distance", Float64Array), join("origin", Int32Array)],
    airports: chunks[0].airports,
  };
}

/** Grids, reference counts, window counts and scores: everything but reading. */
function scoreHours({ time, january, values, airports }) {
  const refs = buildRefs({ january, values, airports });
  const intake = openIntake(refs, buildLayout(refs, HOUR));
  const found = { rows: time.length - january, windows: 0, scores: 0 };
  for (let from = january; from < time.length; from += BATCH) {
    const to = Math.min(from + BATCH, time.length);
    countRows(intake, { values, airports, from, to, starts: (row) => Math.floor(time[row] / HOUR) * HOUR });
    scoreBefore(intake, refs, to < time.length ? Math.floor(time[to] / HOUR) * HOUR : Infinity, found);
  }
  return found;
}

function openIntake(refs, layout) {
  const columns = refs.map((ref, position) => ({ described: COLUMNS[position], position, ref }));
  const segments = { names: ["all"], groupings: [], id: "" };
  return new Intake({
    model: "flights",
    plan: {},
    layout,
    columns,
    segments,
    pane: HOUR,
    lateness: 0,
    keep: 1,
  });
}

function buildRefs({ january, values: [delay, distance, origin], airports }) {
  const numbers = [delay, distance].map((values, k) => {
    const grid = buildGrid(values.slice(0, january));
    return prepareBins({
      column: COLUMNS[k].name,
      grid,
      counts: new Float64Array(SUMMARY_KINDS.bins.length(grid)),
    });
  });
  const counts = new Float64Array(SUMMARY_KINDS.categories.length(airports));
  const categories = prepareCategories({ column: "origin", categories: airports, counts });
  const empty = [...numbers, categories];
  const layout = buildLayout(empty, HOUR);
  const intake = openIntake(empty, layout);
  countRows(intake, { values: [delay, distance, origin], airports, from: 0, to: january, starts: () => 0 });
  return empty.map((ref) => {
    const { offset, length } = sectionOf(layout, ref);
    const { column, grid, categories: names } = ref;
    const section = intake.panes.blocks.slice(offset, offset + length);
    return ref.kind === "bins"
      ? prepareBins({ column, grid, counts: section })
      : prepareCategories({ column, categories: names, counts: section });
  });
}

/** One batch of rows, as a decoder hands them on. */
function countRows(intake, { values: [delay, distance, origin], airports, from, to, starts }) {
  const rows = to - from;
  const validity = new Uint8Array(Math.ceil(rows / 8)).fill(255);
  intake.reserve(rows);
  for (let row = 0; row < rows; row++) intake.starts[row] = starts(from + row);
  const number = (values) => ({ type: "number", values: values.slice(from, to), validity });
  const batch = {
    rows,
    reason: new Uint8Array(rows),
    version: new Int32Array(rows),
    columns: [
      number(delay),
      number(distance),
      { type: "category", categories: airports, codes: origin.subarray(from, to), validity },
    ],
    faults: 0,
    faultRow: new Uint32Array(0),
    faultColumn: new Uint16Array(0),
  };
  intake.count(batch, Int32Array.of(0));
}

/** Scores the hours that are over, and forgets them. */
function scoreBefore({ panes, plan }, refs, end, found) {
  panes.forEachChanged(({ start }, _segment, block) => {
    if (start >= end) return;
    found.windows++;
    for (const ref of refs) {
      const { offset, length } = sectionOf(plan.layout, ref);
      const section = panes.blocks.subarray(block + offset, block + offset + length);
      const context = { shared: {} };
      for (const measure of MEASURES) {
        if (!measure.from.includes(ref.kind)) continue;
        const { value } = measure.score(ref, section, context);
        if (value !== undefined) found.scores++;
      }
    }
  });
  panes.closeBefore(end);
}

function sectionOf({ sections }, ref) {
  return sections.find(({ kind, column }) => kind === ref.kind && column === ref.column);
}
