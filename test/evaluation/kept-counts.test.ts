import { beforeAll, describe, expect, test } from "vitest";
import { addBySegment, countsOfColumn, readKept, sectionsOf } from "../../src/evaluation/kept-counts.ts";
import type { FittedModel } from "../../src/rules/fitted-model.ts";
import { DAY, HOUR, modelOf, START, traffic } from "../engine/fixture.ts";
import { worldOf, type World } from "../engine/world.ts";

let fitted: FittedModel;
let world: World;
/** Minutes from one event to the next. */
const STEP = 10;

beforeAll(async () => {
  fitted = modelOf({ rules: "  - { alert: Broken, measure: invalid, above: 0.5 }" });
  world = await worldOf({ fitted, commitRows: 1_000 });
  for (let day = 0; day < 24; day++)
    await world.feed(traffic({ from: day * DAY, to: (day + 1) * DAY, perMinute: 1 / STEP }));
  await world.ingestion.flush(true);
});

/** Rows of a span, and the starts of what they were read from. */
async function read(from: number, to: number): Promise<{ rows: number; starts: number[] }> {
  const closedThrough = world.engine.closedThrough("m");
  const panes = await readKept(world.store, fitted.counting, { from, to, closedThrough });
  const all = addBySegment(panes, fitted.counting.layout).get("all");
  const starts = [...new Set(panes.map(({ start }) => start))].sort((a, b) => a - b);
  return { rows: all?.[0] ?? 0, starts };
}

const PER_DAY = (24 * 60) / STEP;

describe("what is kept of a span", () => {
  test("is every row of it, though the panes and hours of its beginning are gone", async () => {
    const closed = world.engine.closedThrough("m");
    const { rows, starts } = await read(START, closed);
    expect(rows).toBe(Math.ceil((closed - START) / (STEP * 60_000)));
    expect(starts.slice(0, 2)).toEqual([START, START + DAY]);
    expect(starts.filter((start) => start % DAY === 0)).toHaveLength(24);
  });

  test("begins with a whole day where hours are gone, and with an hour or a pane where they are there", async () => {
    expect((await read(START + 6 * HOUR, START + 3 * DAY)).rows).toBe(2 * PER_DAY);
    expect((await read(START + 20 * DAY + 6 * HOUR, START + 21 * DAY)).rows).toBe((18 * PER_DAY) / 24);
    const late = START + 24 * DAY - HOUR - 30 * 60_000;
    expect((await read(late, late + HOUR)).rows).toBe(60 / STEP);
  });

  test("is nothing before anything has closed", async () => {
    expect(await read(START, Number.NEGATIVE_INFINITY)).toEqual({ rows: 0, starts: [] });
  });

  test("has the counts of a column by segment", async () => {
    const { layout } = fitted.counting;
    const sections = sectionsOf(layout, "amount");
    if (sections === undefined) throw new Error("nothing is counted of amount");
    const closedThrough = world.engine.closedThrough("m");
    const panes = await readKept(world.store, fitted.counting, {
      from: START,
      to: START + DAY,
      closedThrough,
    });
    const counted = countsOfColumn(addBySegment(panes, layout), sections);
    expect([...counted.keys()]).toEqual(["all"]);
    expect(counted.get("all")?.counts.reduce((sum, count) => sum + count)).toBe(PER_DAY);
    expect(sectionsOf(layout, "nothing")).toBeUndefined();
  });
});
