// What one evaluation of one numeric series costs: every measure, the comparison with chance, and a pane's way through bytes.
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
  const measures = MEASURES.filter(({ from }) => from.includes("bins"));
  const scores = measures.map(({ name, score }) => [
    name,
    repeat(() => score(series.ref, section, series.context)),
  ]);
  const nanos = timeVariants(
    {
      ...Object.fromEntries(scores),
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
