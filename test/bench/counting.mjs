// Binning, counting and summing by section: nanoseconds per value of 20 columns on grids of 240 bins.
import { binColumn, prepareBins } from "../../dist/counts/bins.js";
import { buildGrid } from "../../dist/counts/grid.js";
import { buildLayout, extendedSections } from "../../dist/counts/layout.js";
import { addSlots } from "../../dist/counts/slots.js";
import { addSums, stepColumn } from "../../dist/counts/sums.js";
import { run as runKinds } from "./kinds.mjs";
import { seeded } from "./random.mjs";
import { printTable } from "./table.mjs";
import { timeVariants } from "./timing.mjs";

const COLUMNS = 20;
const ROWS = 4_096;
const SEGMENTS = 20;

const SHAPES = {
  even: (u) => u,
  normal: (u, v) => Math.sqrt(-2 * Math.log(u + 1e-300)) * Math.cos(2 * Math.PI * v),
  "heavy tail": (u) => (u + 1e-9) ** -1.5,
  "few values": (u) => Math.floor(u * 12),
};
/** All values beyond the outermost edges: the dearest ones to sum. */
const MOVED = { "moved far out": [SHAPES.normal, (x) => 1_000 + x] };

export function run() {
  const cases = {
    ...Object.fromEntries(Object.entries(SHAPES).map(([name, shape]) => [name, [shape, (x) => x]])),
    ...MOVED,
  };
  const rows = Object.entries(cases).map(([name, [shape, move]]) => [name, ...measure(shape, move)]);
  printTable(`counting: ns of CPU per value, ${COLUMNS} columns of 240 bins, batches of ${ROWS} rows`, [
    ["values", "binning", "counting", "both", "both and summing", "the same, 20 segments besides"],
    ...rows,
  ]);
  runKinds();
}

function measure(shape, move) {
  const random = seeded(7);
  const draw = (length) => Float64Array.from({ length }, () => shape(random(), random()));
  const refs = Array.from({ length: COLUMNS }, (_, k) => {
    const grid = buildGrid(draw(50_000), 240);
    return prepareBins({ column: `f${k}`, grid, counts: new Float64Array(grid.edges.length + 7) });
  });
  const layout = buildLayout(refs, { pane: 60_000, extended: new Set(refs.map(({ column }) => column)) });
  const sums = extendedSections(layout, refs);
  const columns = refs.map(() => ({
    type: "number",
    values: draw(ROWS).map(move),
    validity: new Uint8Array(ROWS / 8).fill(255),
  }));
  const blocks = new Float64Array(layout.stride * (SEGMENTS + 1));
  const all = new Int32Array(ROWS);
  const segments = Int32Array.from(all, () => layout.stride * (1 + Math.floor(random() * SEGMENTS)));
  const slots = new Int32Array(ROWS);
  const amounts = new Int32Array(ROWS);
  const bin = (k) => binColumn(columns[k], refs[k], ROWS, slots);
  const count = (k, rowBlock) =>
    addSlots({ blocks, rowBlock, section: layout.sections[k + 1], slots, rows: ROWS });
  const amount = (k) =>
    stepColumn({ column: columns[k], grid: refs[k].grid, slots, rows: ROWS, into: amounts });
  const sum = (k, rowBlock) =>
    addSums({ blocks, rowBlock, section: sums[k], slots, rows: ROWS }, refs[k].grid, amounts);
  const each = (work) => () => {
    for (let k = 0; k < COLUMNS; k++) work(k);
  };
  const summing = (groupings) =>
    each((k) => {
      bin(k);
      for (const rowBlock of groupings) count(k, rowBlock);
      amount(k);
      for (const rowBlock of groupings) sum(k, rowBlock);
    });
  const times = timeVariants(
    {
      binning: each(bin),
      both: each((k) => {
        bin(k);
        count(k, all);
      }),
      summed: summing([all]),
      segmented: summing([all, segments]),
    },
    { units: COLUMNS * ROWS },
  );
  const { binning, both, summed, segmented } = times;
  return [binning, both - binning, both, summed, segmented];
}
