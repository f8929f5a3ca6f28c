// Every kind of summary: nanoseconds to count one value or label, and what a series takes.
import { addArrivals } from "../../dist/counts/arrivals.js";
import { binColumn, prepareBins } from "../../dist/counts/bins.js";
import { prepareCategories, slotCategories, slotsOfCodes } from "../../dist/counts/categories.js";
import { addCells, cellColumn } from "../../dist/counts/distinct.js";
import { buildGrid } from "../../dist/counts/grid.js";
import { buildLayout, extendedSections } from "../../dist/counts/layout.js";
import { addLabel, rulerLength } from "../../dist/counts/outcome-ruler.js";
import { pack } from "../../dist/counts/packed.js";
import { addSlots } from "../../dist/counts/slots.js";
import { addSums, stepColumn } from "../../dist/counts/sums.js";
import { categoriesLength } from "../../dist/counts/tails.js";
import { valuesRuler } from "../../dist/counts/values.js";
import { cellsOfTexts } from "../../dist/event/distinct-cell.js";
import { seeded } from "./random.mjs";
import { printTable } from "./table.mjs";
import { timeVariants } from "./timing.mjs";

const ROWS = 4_096;
const CATEGORIES = 50;
const CLASSES = 10;

export function run() {
  const kinds = { ...columnKinds(), ...labelKinds() };
  const works = Object.entries(kinds).map(([name, { count }]) => [name, count]);
  const nanos = timeVariants(Object.fromEntries(works), { units: ROWS });
  const rows = Object.entries(kinds).map(([name, { vector }]) => {
    // One batch of rows, as a pane of so many would be stored.
    vector.fill(0);
    kinds[name].count();
    return [name, nanos[name], vector.byteLength, pack(vector).length];
  });
  printTable(`kinds: ns of CPU to count one value or label, and bytes of a series with ${ROWS} of them`, [
    ["", "ns", "bytes in memory", "bytes in the store"],
    ...rows,
  ]);
}

function columnKinds() {
  const random = seeded(7);
  const normal = () => Math.sqrt(-2 * Math.log(random() + 1e-300)) * Math.cos(2 * Math.PI * random());
  const draw = (length) => Float64Array.from({ length }, normal);
  const names = Array.from({ length: CATEGORIES }, (_, code) => `c${code}`);
  const grid = buildGrid(draw(50_000), 240);
  const bins = prepareBins({ column: "x", grid, counts: new Float64Array(grid.edges.length + 7) });
  const categories = prepareCategories({
    column: "c",
    categories: names,
    counts: new Float64Array(categoriesLength(names)),
  });
  const layout = buildLayout([bins, categories], { pane: 60_000, extended: new Set(["x", "c"]) });
  const [sums, distinct] = extendedSections(layout, [bins, categories]);
  const [arrivals, ofBins, ofCategories] = layout.sections;
  const validity = new Uint8Array(ROWS / 8).fill(255);
  const numbers = { type: "number", values: draw(ROWS), validity };
  const codes = Int32Array.from({ length: ROWS }, () => Math.floor(random() ** 2 * CATEGORIES));
  const words = { type: "category", categories: names, codes, validity };
  const rowBlock = new Int32Array(ROWS);
  const slots = new Int32Array(ROWS);
  const amounts = new Int32Array(ROWS);
  const slotOfCode = slotsOfCodes(names, categories);
  const cellOfCode = cellsOfTexts(names);
  const batch = { rows: ROWS, reason: new Uint8Array(ROWS) };
  const faulty = new Uint8Array(ROWS);
  const kind = (section, work) => {
    const vector = new Float64Array(section.length);
    const moved = { ...section, offset: 0 };
    return { vector, count: () => work({ blocks: vector, rowBlock, section: moved, slots, rows: ROWS }) };
  };
  const countBins = (counting) => {
    binColumn(numbers, bins, ROWS, slots);
    addSlots(counting);
  };
  return {
    "arrivals, of a row": kind(arrivals, ({ blocks }) =>
      addArrivals({ blocks, rowBlock, offset: 0, batch, faulty }),
    ),
    "bins, 240": kind(ofBins, countBins),
    "bins with sums": kind(sums, (counting) => {
      countBins({ ...counting, section: { ...ofBins, offset: 0 } });
      stepColumn({ column: numbers, grid, slots, rows: ROWS, into: amounts });
      addSums(counting, grid, amounts);
    }),
    [`categories, ${CATEGORIES}`]: kind(ofCategories, (counting) => {
      slotCategories(words, slotOfCode, ROWS, slots);
      addSlots(counting);
    }),
    "categories with cells": kind(distinct, (counting) => {
      slotCategories(words, slotOfCode, ROWS, slots);
      addSlots({ ...counting, section: { ...ofCategories, offset: 0 } });
      cellColumn(words, cellOfCode, ROWS, slots);
      addCells(counting);
    }),
  };
}

function labelKinds() {
  const random = seeded(11);
  const edges = Float64Array.from({ length: 9 }, (_, decile) => (decile + 1) / 10);
  const classes = Array.from({ length: CLASSES }, (_, code) => `c${code}`);
  const scored = Array.from({ length: ROWS }, () => {
    const answer = random();
    return { answer, decision: Number(answer > 0.5), truth: Number(random() < answer) };
  });
  const decided = scored.map(({ answer }) => {
    const decision = Math.floor(random() * CLASSES);
    const truth = random() < answer ? decision : Math.floor(random() * CLASSES);
    const probabilities = new Float64Array(CLASSES).fill((1 - answer) / (CLASSES - 1));
    probabilities[decision] = answer;
    return { answer, decision, truth, probabilities };
  });
  const numbers = scored.map(({ answer, truth }) => ({ answer, decision: Number.NaN, truth }));
  const residuals = buildGrid(
    Float64Array.from(numbers, ({ answer, truth }) => answer - truth),
    20,
  );
  const kind = (ruler, labels) => {
    const vector = new Float64Array(rulerLength(ruler));
    const count = () => {
      for (const label of labels) addLabel(vector, 0, { ruler, label, sign: 1 });
    };
    return { vector, count };
  };
  const many = { kind: "classes", edges, classes };
  return {
    outcomes: kind({ kind: "binary", edges }, scored),
    [`top-label and classes, ${CLASSES}`]: kind({ ...many, isClasswise: false }, decided),
    "the same, and classwise": kind({ ...many, isClasswise: true }, decided),
    "values and residuals": kind(valuesRuler(1, residuals), numbers),
  };
}
