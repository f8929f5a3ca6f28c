import { beforeAll, describe, expect, it } from "vitest";
import { viewCohorts } from "../../src/views/cohorts.ts";
import type { FittedModel } from "../../src/rules/fitted-model.ts";
import { createMemoryStore } from "../../src/state/memory.ts";
import type { Transition } from "../../src/verdict/alert.ts";
import { COHORT_HEAD } from "./cohort-days.ts";
import { DAY, event, HOUR, label, MINUTE, modelOf, random, START, type Sent } from "./fixture.ts";
import { outline, worldOf, type World } from "./world.ts";

const RULES = `
  - { alert: Wrong, measure: brier, above: 0.3, keepFiringFor: 0s }
  - { alert: WrongByRegion, measure: brier, by: [version, region], above: 0.3, for: 1d, keepFiringFor: 0s }`;

let fitted: FittedModel;
beforeAll(() => {
  fitted = modelOf({ rules: RULES, head: COHORT_HEAD, labels: true });
});

const LABELS = { stream: "l" };

/**
 * Days of 600 predictions with a score of 0.5 but `right` of them certain; `labelled` is the share that gets a label, `flip`
 * makes all of them wrong.
 */
function day(
  number: number,
  given: { flip?: boolean; labelled?: number; rows?: number } = {},
): { s: Sent[]; l: Sent[] } {
  const { flip = false, labelled = 1, rows = 600 } = given;
  const s: Sent[] = [];
  const l: Sent[] = [];
  for (let i = 0; i < rows; i++) {
    const time = START + number * DAY + Math.floor((i * DAY) / rows);
    const id = `${number}/${i}`;
    const truth = i % 2;
    s.push(event({ id, time, score: flip ? 1 - truth : truth, region: i % 3 === 0 ? "eu" : "us" }));
    if (i % 100 < labelled * 100) l.push(label(id, truth, time + HOUR));
  }
  return { s, l };
}

/** Predictions and labels of each day, hour by hour as alignment would have them. */
async function feedDays(world: World, days: readonly { s: Sent[]; l: Sent[] }[]): Promise<void> {
  for (const { s, l } of days) {
    for (let from = 0; from < s.length; from += 50) {
      await world.feed(s.slice(from, from + 50));
      const until = s[from + 49]?.timestamp ?? 0;
      const ready = l.filter(({ timestamp }) => timestamp <= until);
      l.splice(0, ready.length);
      if (ready.length > 0) await world.feed(ready, LABELS);
    }
    if (l.length > 0) await world.feed(l, LABELS);
  }
}

function declareIdle(world: World, stream: string): void {
  const progress = world.engine.tasks.get("s", 0)?.progressOf(stream);
  if (progress === undefined) throw new Error(`no stream ${stream}`);
  progress.idle = true;
}

function cohortAlerts(transitions: readonly Transition[]): string[] {
  return transitions.map(({ alert, at }) =>
    [alert.alert, alert.segment ?? "all", alert.state, `day ${(at - START) / DAY}`].join(" "),
  );
}

describe("cohorts", () => {
  it("are judged once, when their labels have matured; for counts cohorts", async () => {
    const world = await worldOf({ fitted });
    await feedDays(world, [day(0), day(1, { flip: true }), day(2, { flip: true }), day(3)]);
    // The last cohort has not ended: its judgement waits for the end of the stream.
    expect(cohortAlerts(world.transitions).toSorted()).toEqual([
      "Wrong all firing day 2",
      "WrongByRegion region=eu firing day 3",
      "WrongByRegion region=us firing day 3",
    ]);
    await world.end();
    expect(cohortAlerts(world.transitions).slice(3).toSorted()).toEqual([
      "Wrong all resolved day 4",
      "WrongByRegion region=eu resolved day 4",
      "WrongByRegion region=us resolved day 4",
    ]);
    const [first] = world.transitions;
    expect(first?.alert.score).toMatchObject({ status: "ok", value: 1, n: 600, extras: { coverage: 1 } });
  });

  it("wait for both watermarks", async () => {
    const world = await worldOf({ fitted });
    const { s, l } = day(0, { flip: true });
    await world.feed(s);
    await world.feed([event({ id: "later", time: START + DAY + 3 * HOUR })]);
    expect(world.transitions).toEqual([]);
    await world.feed(l, LABELS);
    expect(world.transitions).toEqual([]);
    await world.feed([label("later", 1, START + DAY + 2 * HOUR + MINUTE)], LABELS);
    expect(cohortAlerts(world.transitions)).toEqual(["Wrong all firing day 1"]);
    // It is told as what is known since then, not as history.
    expect(world.transitions[0]?.known).toBe(START + DAY + 2 * HOUR + MINUTE);
  });

  it("are judged by the wall clock where no predictions come any more, once their labels have", async () => {
    const world = await worldOf({ fitted, now: START + 2 * DAY + HOUR });
    await feedDays(world, [day(0, { flip: true }), day(1)]);
    declareIdle(world, "s");
    // Of the second day too few labels are there yet: they are waited for, whatever the clock says.
    await world.tick(START + 2 * DAY + 3 * HOUR);
    expect(cohortAlerts(world.transitions)).toEqual(["Wrong all firing day 1"]);
    await world.feed([label("1/0", 0, START + 2 * DAY + 2 * HOUR)], LABELS);
    await world.tick(START + 2 * DAY + 4 * HOUR);
    expect(cohortAlerts(world.transitions)).toEqual(["Wrong all firing day 1", "Wrong all resolved day 2"]);
    // What never had a prediction is not judged: they may come again, however late.
    await world.tick(START + 20 * DAY);
    expect((world.engine.judgesOf("m").cohorts.judgedThrough - START) / DAY).toBe(2);
  });

  it("whose last labels never come are judged when those would not count any more", async () => {
    const world = await worldOf({ fitted, now: START + 2 * DAY + HOUR });
    await feedDays(world, [day(0), day(1, { flip: true })]);
    for (const stream of ["s", "l"]) declareIdle(world, stream);
    // They are forgotten after two days.
    await world.tick(START + 4 * DAY - 1);
    expect(cohortAlerts(world.transitions)).toEqual([]);
    await world.tick(START + 4 * DAY);
    expect(cohortAlerts(world.transitions)).toEqual(["Wrong all firing day 2"]);
    expect(world.transitions[0]?.known).toBe(START + 4 * DAY);
    // Who predicts again goes on with the next cohort.
    await world.tick(START + 12 * DAY);
    await feedDays(world, [day(10), day(11)]);
    expect(cohortAlerts(world.transitions).slice(1)).toEqual(["Wrong all resolved day 11"]);
  });

  it("of which too few have a label say nothing", async () => {
    const world = await worldOf({ fitted });
    await feedDays(world, [day(0, { flip: true, labelled: 0.9 }), day(1), day(2)]);
    await world.end();
    expect(world.transitions).toEqual([]);
  });

  it("are shown as they stand: provisional before they are judged, revised by later labels", async () => {
    const store = createMemoryStore();
    const world = await worldOf({ fitted, store });
    const briers = async () => {
      const cohorts = await viewCohorts({ engine: world.engine, models: [fitted], store });
      return cohorts.map(({ from, state, scores }) => {
        const brier = scores.find(
          ({ measure, segment }) => measure === "brier" && segment === undefined,
        )?.score;
        const { value, status, extras } = brier ?? {};
        return {
          day: (Date.parse(from) - START) / DAY,
          state,
          value,
          status,
          coverage: extras?.["coverage"],
        };
      });
    };
    await feedDays(world, [day(0, { flip: true }), day(1, { labelled: 0.5 })]);
    const judged = { day: 0, state: "judged", value: 1, status: "ok", coverage: 1 };
    expect(await briers()).toEqual([
      { day: 1, state: "provisional", value: 0, status: "no-data", coverage: 0.5 },
      judged,
    ]);
    const before = outline(world.transitions);
    const right = Array.from({ length: 300 }, (_, i) => label(`0/${i}`, 1 - (i % 2), START + 2 * DAY));
    await world.feed(right, LABELS);
    expect((await briers())[1]).toEqual({ ...judged, value: 0.5 });
    expect(outline(world.transitions)).toEqual(before);
  });

  it("do not change their verdict by later labels", async () => {
    const store = createMemoryStore();
    const world = await worldOf({ fitted, store });
    await feedDays(world, [day(0, { flip: true }), day(1)]);
    const before = outline(world.transitions);
    expect(before).toHaveLength(1);
    const revisions = Array.from({ length: 600 }, (_, i) => label(`0/${i}`, 1 - (i % 2), START + 2 * DAY));
    await world.feed(revisions, LABELS);
    expect(world.ledger("l").revised).toBe(600);
    await world.feed([event({ id: "on", time: START + 2 * DAY })]);
    expect(outline(world.transitions)).toEqual(before);
  });

  it("give the same counts and verdicts over restarts at any point, and none twice", async () => {
    const records = [day(0), day(1, { flip: true }), day(2, { flip: true }), day(3)]
      .flatMap(({ s, l }) => [
        ...s.map((sent) => ({ stream: "s", sent })),
        ...l.map((sent) => ({ stream: "l", sent })),
      ])
      .toSorted((a, b) => a.sent.timestamp - b.sent.timestamp);
    const offsets = { s: 0, l: 0 };
    const told = records.map(({ stream, sent }) => ({
      stream,
      sent,
      offset: offsets[stream as "s" | "l"]++,
    }));
    const live = async (seed: number): Promise<{ outline: string[]; ledgers: unknown[]; lives: number }> => {
      const next = random(seed);
      const store = createMemoryStore();
      const transitions: Transition[] = [];
      for (let lives = 1; ; lives++) {
        const world = await worldOf({ fitted, store, transitions, commitRows: 1 + Math.floor(next() * 90) });
        // A commit covers both streams, so what was lost is read again in the order it first came.
        const rest = told.filter(({ stream, offset }) => offset >= (world.next.get(`${stream}/0`) ?? 0));
        const end = seed === 0 ? rest.length : Math.min(rest.length, 300 + Math.floor(next() * 1500));
        for (const { stream, sent } of rest.slice(0, end)) await world.feed([sent], { stream });
        if (end < rest.length) continue;
        await world.end();
        return {
          outline: outline(transitions),
          ledgers: [world.ledger("s"), world.ledger("l"), world.engine.judgesOf("m").cohorts.currentScores()],
          lives,
        };
      }
    };
    const unbroken = await live(0);
    expect(unbroken.outline).toHaveLength(6);
    for (const seed of [1, 2, 3]) {
      const broken = await live(seed);
      expect(broken.lives).toBeGreaterThan(2);
      expect(broken.outline).toEqual(unbroken.outline);
      expect(broken.ledgers).toEqual(unbroken.ledgers);
    }
  });

  it("are shown again after a restart", async () => {
    const world = await worldOf({ fitted });
    await feedDays(world, [day(0), day(1)]);
    const shown = (one: World): unknown[] =>
      one.engine
        .judgesOf("m")
        .cohorts.currentScores()
        .map(({ series, score }) => [series.labels, score]);
    expect(shown(world).length).toBeGreaterThan(3);
    expect(shown(await worldOf({ fitted, store: world.store }))).toEqual(shown(world));
  });
});
