import { beforeAll, describe, expect, test } from "vitest";
import { viewCounts } from "../../src/views/counts.ts";
import { acceptChange, type AcceptedCounts } from "../../src/reference/acceptance.ts";
import { readReference, writeReference } from "../../src/reference/reference-file.ts";
import type { AcceptedChange, Reference } from "../../src/reference/reference.ts";
import { fitModel, type FittedModel } from "../../src/rules/fitted-model.ts";
import { createMemoryStore } from "../../src/state/memory.ts";
import type { ShownCounts } from "../../src/web/api/counts.ts";
import { event, HOUR, MINUTE, modelOf, random, START, type Sent } from "./fixture.ts";
import { worldOf, type World } from "./world.ts";

const MODEL = "m";
let fitted: FittedModel;
beforeAll(() => {
  fitted = modelOf({
    rules: "  - { alert: Drift, measure: psi, columns: [amount], keepFiringFor: 30m }",
    head: "window: { size: 20m, pane: 1m, lateness: 1m }",
  });
});

const PER_MINUTE = 20;

/** From one hour to another; the amounts lean to the low ones from the second hour on. */
function story(from: number, to: number): Sent[] {
  const next = random(3 + from);
  return Array.from({ length: 60 * PER_MINUTE * (to - from) }, (_, i) => {
    const time = START + from * HOUR + i * (MINUTE / PER_MINUTE);
    const u = next();
    return event({ id: `e${from}-${i}`, time, amount: Math.floor((time < START + HOUR ? u : u * u) * 100) });
  });
}

function bySegment({ segments }: ShownCounts): AcceptedCounts {
  return new Map(
    segments.map(({ name, counts, sums }) => [
      name,
      { counts: Float64Array.from(counts), ...(sums && { sums: Float64Array.from(sums) }) },
    ]),
  );
}

async function countsOf(world: World, since: number): Promise<ShownCounts> {
  const found = await viewCounts(world, { model: MODEL, column: "amount", since });
  if (found === undefined) throw new Error("there is no such column");
  return found;
}

function changeOf({ from = "", to = "" }: ShownCounts): Omit<AcceptedChange, "segments"> {
  return {
    column: "amount",
    since: Date.parse(from),
    until: Date.parse(to),
    by: "ann",
    reason: "new tariff",
  };
}

describe("a change that is accepted", () => {
  test("ends its alert, is what later windows are held against, and counts as much as it was seen", async () => {
    const store = createMemoryStore();
    const first = await worldOf({ fitted, store });
    await first.feed(story(0, 4));
    expect(first.alerts()).toMatchObject([{ state: "firing" }]);
    const counted = await countsOf(first, START + 90 * MINUTE);
    expect(counted).toMatchObject({ model: MODEL, reference: fitted.reference.id });
    expect(counted.from).toBe(new Date(START + 90 * MINUTE).toISOString());
    const change = changeOf(counted);
    const reference = acceptChange(fitted.reference, change, bySegment(counted));
    const read: Reference = readReference(writeReference(reference), "accepted.arrow");
    expect(read).toEqual(reference);
    expect(read.accepted).toEqual([{ ...change, segments: ["all"] }]);
    expect(read.id).not.toBe(fitted.reference.id);

    const next = fitModel({ model: fitted.model, reference: read, hasLabels: false });
    expect(next.counting.layout.id).toBe(fitted.counting.layout.id);
    const second = await worldOf({ fitted: next, store });
    await second.tick(second.clock.tick().now);
    const ended = [{ state: "resolved", reason: "accepted" }];
    expect(second.alerts()).toMatchObject(ended);
    await second.feed(story(4, 7));
    expect(second.alerts()).toMatchObject(ended);
  });

  test("lowers the trust of what was calibrated on more windows than it has", async () => {
    const world = await worldOf({ fitted });
    await world.feed(story(0, 4));
    const counted = await countsOf(world, START + HOUR);
    const dependent = withNu(fitted.reference, 90);
    const reference = acceptChange(dependent, changeOf(counted), bySegment(counted));
    const position = reference.columns.findIndex(({ name }) => name === "amount");
    const [calibration] = reference.segments[0].columns[position].calibrations;
    const span = changeOf(counted).until - changeOf(counted).since;
    expect(calibration.k).toBe(Math.floor(span / (20 * MINUTE)));
    expect(Math.max(...calibration.share.nu)).toBe(calibration.k - 1);
    expect(calibration.n).toBeGreaterThan(3_000);
    // The other columns stay what they were.
    expect(reference.segments[0].columns.toSpliced(position, 1)).toEqual(
      dependent.segments[0].columns.toSpliced(position, 1),
    );
  });

  test.each([
    {
      name: "a group of bins that is left empty",
      counts: onlyOne,
      says: /one of the \d+ groups .* Build a new/,
    },
    { name: "too few values", counts: few, says: /10 values were counted in that time, and 1000 are needed/ },
  ])("is refused: $name", ({ counts, says }) => {
    const change = { column: "amount", since: START, until: START + HOUR, reason: "r" };
    const position = fitted.reference.columns.findIndex(({ name }) => name === "amount");
    const { length } = fitted.reference.segments[0].columns[position].counts;
    const accepted = new Map([["all", { counts: counts(length) }]]);
    expect(() => acceptChange(fitted.reference, change, accepted)).toThrow(says);
    expect(() => acceptChange(fitted.reference, { ...change, column: "x" }, accepted)).toThrow(/no column x/);
  });
});

function onlyOne(length: number): Float64Array {
  return new Float64Array(length).fill(5_000, 1, 2);
}

function few(length: number): Float64Array {
  return new Float64Array(length).fill(10, 1, 2);
}

/** The same reference as if its windows had been looked at. */
function withNu(reference: Reference, nu: number): Reference {
  return {
    ...reference,
    segments: reference.segments.map((segment) => ({
      ...segment,
      columns: segment.columns.map((baseline) => ({
        ...baseline,
        calibrations: baseline.calibrations.map((calibration) => ({
          ...calibration,
          share: { ...calibration.share, nu: calibration.share.nu.map(() => nu) },
          logit: { ...calibration.logit, nu: calibration.logit.nu.map(() => nu) },
        })),
      })),
    })),
  };
}

test("what is new to the dictionary in the accepted time is usual from then on", async () => {
  const withRegions = modelOf({
    rules: "  - { alert: NewRegion, measure: novel, columns: [region] }",
    head: "window: { size: 20m, pane: 1m, lateness: 1m }",
  });
  const world = await worldOf({ fitted: withRegions });
  const from = START + HOUR;
  // One row in a hundred is of a region that nobody knew: too few to refuse, and enough to be told.
  await world.feed(
    Array.from({ length: 60 * PER_MINUTE * 4 }, (_, i) =>
      event({
        id: `n${i}`,
        time: START + i * (MINUTE / PER_MINUTE),
        ...(i % 100 === 0 && { region: "mars" }),
      }),
    ),
  );
  const counted = await viewCounts(world, { model: MODEL, column: "region", since: from });
  if (counted === undefined) throw new Error("there is no such column");
  const change = { ...changeOf(counted), column: "region" };
  const reference = acceptChange(withRegions.reference, change, bySegment(counted));
  const position = reference.columns.findIndex(({ name }) => name === "region");
  const novelOf = ({ segments }: Reference) =>
    segments[0].columns[position].calibrations.find(({ signal }) => signal === "novel");
  expect(novelOf(withRegions.reference)?.counts[0]).toBe(0);
  const { counts, n } = novelOf(reference) ?? { counts: [], n: 0 };
  expect(Number(counts[0]) / n).toBeCloseTo(0.01, 3);
});
