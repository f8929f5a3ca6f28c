import { describe, expect, it, test } from "vitest";
import { prepareBins } from "../../src/counts/bins.ts";
import { prepareCategories } from "../../src/counts/categories.ts";
import { buildGrid } from "../../src/counts/grid.ts";
import { buildLayout, extendedSections } from "../../src/counts/layout.ts";
import { binsLength } from "../../src/counts/tails.ts";
import type { EventBatch, EventPlan } from "../../src/event/batch.ts";
import { codeOfText, createDictionary } from "../../src/event/dictionary.ts";
import { Intake } from "../../src/window/intake.ts";
import { buildSegments } from "../../src/window/segments.ts";
import { batchOf, numberColumn } from "../counts/number-batch.ts";
import { binsSection, distinctSection, sumsSection } from "../statistics/series.ts";

const REGIONS = ["eu", "us"];
const plan: EventPlan = {
  model: "m",
  needsId: false,
  columns: [
    { name: "amount", type: "number", role: "feature", pii: false, categories: [] },
    { name: "size", type: "number", role: "feature", pii: false, categories: [] },
    { name: "region", type: "category", role: "segment", pii: false, categories: REGIONS },
  ],
};
const grid = buildGrid(Float64Array.from({ length: 1_000 }, (_, i) => i / 7));
const refs = ["amount", "size"].map((column) =>
  prepareBins({ column, grid, counts: new Float64Array(binsLength(grid)) }),
);
const layout = buildLayout(refs, { pane: 1_000, extended: new Set(["size"]) });

const rows = Array.from({ length: 400 }, (_, row) => ({
  amount: row / 3,
  size: row % 11 === 0 ? undefined : (row * row) / 400 - 50,
  region: row % 2,
}));

function batch(): EventBatch {
  const columns = [
    numberColumn(rows.map(({ amount }) => amount)),
    numberColumn(rows.map(({ size }) => size)),
    {
      type: "category" as const,
      categories: REGIONS,
      codes: Int32Array.from(rows, ({ region }) => region),
      validity: new Uint8Array(rows.length).fill(255),
    },
  ];
  return { ...batchOf(columns, rows.length), plan };
}

function counted(): { intake: Intake; vectorOf: (segment: number) => Float64Array } {
  const intake = new Intake({
    model: "m",
    plan,
    layout,
    columns: refs.map((ref, position) => ({ ref, position })),
    segments: buildSegments({ plan, segmentBy: [["region"]], known: ["region=eu", "region=us"] }),
    pane: 1_000,
    lateness: 0,
    keep: 1,
  });
  const events = batch();
  intake.reserve(events.rows);
  intake.starts.fill(0);
  intake.count(events, Int32Array.of(0));
  const group = intake.panes.group(0, 0);
  const vectorOf = (segment: number): Float64Array => {
    const start = intake.panes.touch(group, segment);
    return intake.panes.blocks.slice(start, start + layout.stride);
  };
  return { intake, vectorOf };
}

describe("a model that sums one of two columns", () => {
  const { intake, vectorOf } = counted();
  const [, sums] = extendedSections(layout, refs);

  it.each([
    ["all", () => true],
    ["region=eu", ({ region }: { region: number }) => region === 0],
    ["region=us", ({ region }: { region: number }) => region === 1],
  ])("counts both and sums the one in %s", (name, isInside) => {
    const inside = rows.filter(isInside);
    const vector = vectorOf(intake.plan.segments.names.indexOf(name));
    const part = ({ offset, length }: { offset: number; length: number }): Float64Array =>
      vector.slice(offset, offset + length);
    const sizes = inside.map(({ size }) => size ?? null);
    expect(part(sums ?? layout.sections[0])).toEqual(sumsSection(grid, sizes));
    expect(part(layout.sections[2])).toEqual(binsSection(grid, sizes));
    expect(part(layout.sections[1])).toEqual(
      binsSection(
        grid,
        inside.map(({ amount }) => amount),
      ),
    );
  });
});

test("different values are counted by cell, those of the reference among them", () => {
  const categories = ["eu", "us"];
  const ref = prepareCategories({ column: "place", categories, counts: new Float64Array(5) });
  const placePlan: EventPlan = {
    model: "m",
    needsId: false,
    columns: [{ name: "place", type: "category", role: "feature", pii: false, categories, distinct: true }],
  };
  const placeLayout = buildLayout([ref], { pane: 1_000, extended: new Set(["place"]) });
  const dictionary = createDictionary(placePlan.columns[0], new Uint8Array(32));
  const places = ["us", "mars", "eu", "us", "venus", "mars"];
  const codes = Int32Array.from([...places.map((place) => codeOfText(dictionary, place)), -1]);
  const column = { type: "category" as const, categories, codes, validity: Uint8Array.of(63) };
  const intake = new Intake({
    model: "m",
    plan: placePlan,
    layout: placeLayout,
    columns: [{ ref, position: 0 }],
    segments: { names: ["all"], groupings: [], id: "" },
    pane: 1_000,
    lateness: 0,
    keep: 1,
  });
  const events = { ...batchOf([column], codes.length), plan: placePlan };
  intake.reserve(events.rows);
  intake.starts.fill(0);
  intake.count(events, Int32Array.of(0));
  const start = intake.panes.touch(intake.panes.group(0, 0), 0);
  const [section] = extendedSections(placeLayout, [ref]);
  const { offset, length } = section ?? placeLayout.sections[0];
  const expected = distinctSection(2, places);
  // eu, us, unseen, missing.
  expected.set([1, 2, 3, 1]);
  expect(intake.panes.blocks.slice(start + offset, start + offset + length)).toEqual(expected);
});
