// Binning, and counting by section: nanoseconds per value of 20 columns on grids of 240 bins.
import { binColumn, prepareBins } from "../../dist/counts/bins.js";
import { buildGrid } from "../../dist/counts/grid.js";
import { buildLayout } from "../../dist/counts/layout.js";
import { addSlots } from "../../dist/counts/slots.js";
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

export function run() {
  const rows = Object.entries(SHAPES).map(([name, shape]) => [name, ...measure(shape)]);
  printTable(`counting: ns of CPU per value, ${COLUMNS} columns of 240 bins, batches of ${ROWS} rows`, [
    ["values", "binning", "counting all", "counting all and 20 segments"],
    ...rows,
  ]);
}

function measure(shape) {
  const random = seeded(7);
  const draw = (length) => Float64Array.from({ length }, () => shape(random(), random()));
  const refs = Array.from({ length: COLUMNS }, (_, k) => {
    const grid = buildGrid(draw(50_000), 240);
    return prepareBins({ column: `f${k}`, grid, counts: new Float64Array(grid.edges.length + 7) });
  });
  const layout = buildLayout(refs, 60_000);
  const columns = refs.map(() => ({
    type: "number",
    values: draw(ROWS),
    validity: new Uint8Array(ROWS / 8).fill(255),
  }));
  const slots = refs.map((ref, k) => {
    const into = new Int32Array(ROWS);
    binColumn(columns[k], ref, ROWS, into);
    return into;
  });
  const blocks = new Float64Array(layout.stride * (SEGMENTS + 1));
  const all = new Int32Array(ROWS);
  const segments = Int32Array.from(all, () => layout.stride * (1 + Math.floor(random() * SEGMENTS)));
  const count = (groupings) => {
    for (let k = 0; k < COLUMNS; k++) {
      for (const rowBlock of groupings) {
        addSlots({ blocks, rowBlock, section: layout.sections[k + 1], slots: slots[k], rows: ROWS });
      }
    }
  };
  const into = new Int32Array(ROWS);
  const { bin, one, two } = timeVariants(
    {
      bin: () => refs.forEach((ref, k) => binColumn(columns[k], ref, ROWS, into)),
      one: () => count([all]),
      two: () => count([all, segments]),
    },
    { units: COLUMNS * ROWS },
  );
  return [bin, one, two];
}
