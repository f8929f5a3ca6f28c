// What one evaluation of one numeric series costs: every measure, the comparison with chance, a pane's way through bytes, and its size.
import { pack, unpackInto } from "../../dist/counts/packed.js";
import { MEASURES } from "../../dist/statistics/measures.js";
import { observe, scoreSeries } from "../../dist/verdict/observation.js";
import { shareBudget } from "../../dist/verdict/rule-budget.js";
import { seriesOf } from "../../dist/verdict/rule-series.js";
import { buildBenchReference, fitBenchModel } from "./events.mjs";
import { seeded } from "./random.mjs";
import { printTable } from "./table.mjs";
import { timeVariants } from "./timing.mjs";

const TIMES = 500;

export function run() {
  const fitted = fitBenchModel(buildBenchReference(Date.UTC(2026, 0, 1)));
  const series = seriesOf(fitted, shareBudget(fitted), ["v7"]).find(
    ({ measure, section }) => measure.name === "psi" && section.column === "f0",
  );
  const sum = likeReference(fitted);
  const window = { sum, from: 0, to: 600_000, countSteps: () => 0 };
  const section = sum.subarray(series.section.offset, series.section.offset + series.section.length);
  const repeat = (work) => () => {
    for (let time = 0; time < TIMES; time++) work();
  };
  // Those of one column only, which is not this one, say so at once.
  const measures = MEASURES.filter(({ from, only }) => from.includes("bins") && only === undefined);
  const summed = MEASURES.filter(({ from }) => from.includes("sums"));
  // A window like the reference itself, as measures of sums read it.
  const withSums = Float64Array.from([...series.ref.counts, ...series.ref.sums]);
  const scores = measures.map(({ name, score }) => [
    name,
    repeat(() => score(series.ref, section, series.context)),
  ]);
  const nanos = timeVariants(
    {
      "all of them, which count their groups once": repeat(() => {
        const context = { ...series.context, shared: {} };
        for (const { score } of measures) score(series.ref, section, context);
      }),
      "all of them, and those of sums": repeat(() => {
        const context = { ...series.context, shared: {} };
        for (const { score } of measures) score(series.ref, withSums, context);
        for (const { score } of summed) score(series.ref, withSums, context);
      }),
      ...Object.fromEntries(scores),
      ...Object.fromEntries(
        summed.map(({ name, score }) => [
          `${name}, of sums`,
          repeat(() => score(series.ref, withSums, series.context)),
        ]),
      ),
      "significance, as every evaluation asks": repeat(() => observe(series, window)),
      "score with its p, as alerts and metrics show": repeat(() => scoreSeries(series, window)),
    },
    { units: TIMES },
  );
  printTable("score: us of CPU for one window of one numeric series of 240 bins", [
    ["", "us"],
    ...Object.entries(nanos).map(([name, time]) => [name, time / 1_000]),
  ]);
  printPacking(sum);
  printBytes(series.ref, section);
}

/** What one numeric series takes: in a store, in memory, and once for all that share its grid. */
function printBytes({ grid, lookup }, section) {
  const packed = [1, 20, 100].map((share) => {
    const pane = section.map((count) => Math.floor(count / share));
    const values = pane.subarray(0, grid.edges.length + 1).reduce((sum, count) => sum + count, 0);
    return [`a closed pane of ${values} values, packed`, pack(pane).length];
  });
  printTable("bytes: of one numeric series of 240 bins", [
    ["", "bytes"],
    ...packed,
    ["an open pane, or the sum of a window, in memory", section.byteLength],
    [
      "its grid, shared by all segments and versions",
      grid.edges.byteLength + lookup.edges.byteLength + lookup.starts.byteLength,
    ],
  ]);
}

/** One pane of all columns, at three rates of traffic. */
function printPacking(full) {
  const into = new Float64Array(full.length);
  const rows = [1, 20, 100].map((share) => {
    const pane = full.map((count) => Math.floor(count / share));
    const bytes = pack(pane);
    const { packed, unpacked } = timeVariants(
      { packed: () => pack(pane), unpacked: () => unpackInto(bytes, into, 1) },
      { units: pane.length, rounds: 301 },
    );
    const most = pane.reduce((a, b) => Math.max(a, b), 0);
    return [`counts up to ${most}`, bytes.length / pane.length, packed, unpacked];
  });
  printTable(`pack: a vector of ${full.length} counts`, [
    ["", "bytes a count", "pack, ns a count", "add, ns a count"],
    ...rows,
  ]);
}

/** A calm window: the reference's counts on every column, but for chance. */
function likeReference({ counting }) {
  const random = seeded(11);
  const sum = new Float64Array(counting.layout.stride);
  for (const [c, { ref }] of counting.columns.entries()) {
    const { offset } = counting.layout.sections[c + 1];
    for (const [i, count] of ref.counts.entries()) {
      sum[offset + i] = Math.max(0, Math.round(count + Math.sqrt(count) * (random() + random() - 1)));
    }
  }
  return sum;
}
