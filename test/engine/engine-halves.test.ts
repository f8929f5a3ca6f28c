import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { planJoin } from "../../src/join/half-plans.ts";
import type { FittedModel } from "../../src/rules/fitted-model.ts";
import { systemClock } from "../../src/runtime/clock.ts";
import { openLmdbStore } from "../../src/state/lmdb.ts";
import { cohortLayout, paneLayout } from "../../src/window/task-delta.ts";
import { event, garbage, HOUR, label, MINUTE, modelOf, START, type Sent } from "./fixture.ts";
import { expectHalves } from "./half-recount.ts";
import { tellHalves } from "./half-story.ts";
import { joinedStreams, runHalves } from "./half-world.ts";
import { worldOf, type World } from "./world.ts";

let plain: FittedModel;
let labelled: FittedModel;
beforeAll(() => {
  const story = { rules: "  - { alert: Drift, measure: psi, columns: [amount] }", perHour: 12 };
  plain = modelOf({ ...story, head: "window: { size: 1h, pane: 1m, lateness: 2m }\nsegmentBy: [region]" });
  labelled = modelOf({
    rules: "  - { alert: Inaccurate, measure: accuracy, below: 0.6 }",
    perHour: 12,
    labels: true,
    head:
      "window: { size: 1h, pane: 1m, lateness: 2m }\n" +
      "labels: { cohort: 1h, matureAfter: 1h, expireAfter: 6h }",
  });
});

interface Whole {
  readonly id: string;
  readonly time: number;
  readonly version: string;
  readonly features: object;
  readonly prediction: object;
}

function wholeOf({ value }: Sent): Whole {
  // The fixture writes events as objects.
  return value as Whole;
}

/** What was asked: all but the answer. */
function asked(sent: Sent): Sent {
  const { prediction: _, version: __, ...rest } = wholeOf(sent);
  return { timestamp: sent.timestamp, value: rest };
}

/** What was answered, `after` ms later. */
function answered(sent: Sent, after = 5_000): Sent {
  const { features: _, ...rest } = wholeOf(sent);
  const time = rest.time + after;
  return { timestamp: time, value: { ...rest, time, model: "m" } };
}

function events(count: number, step = 10_000): Sent[] {
  return Array.from({ length: count }, (_, i) =>
    event({
      id: `q${i}`,
      time: START + i * step,
      version: `v${1 + (i % 2)}`,
      amount: i % 7 === 0 ? null : i % 11 === 0 ? "much" : i,
      region: i % 5 === 0 ? "mars" : "eu",
      score: (i % 10) / 10,
    }),
  );
}

function joinedWorld(
  fitted: FittedModel,
  options: { within?: number; commitRows?: number } = {},
): Promise<World> {
  const { within = MINUTE, commitRows = 1 } = options;
  const streams = [
    ...joinedStreams(within),
    ...(fitted.labels === undefined
      ? []
      : [
          {
            ...joinedStreams(within)[1],
            name: "l",
            role: "labels",
            topic: "l",
            format: "native",
            map: {},
          } as const,
        ]),
  ];
  return worldOf({ fitted, streams, commitRows });
}

async function panesOf({ store, fitted }: World, layout: string): Promise<Map<string, Uint8Array>> {
  const panes = await store.readPanes({ layout, from: 0, to: Number.POSITIVE_INFINITY });
  expect(fitted.counting.pane).toBe(MINUTE);
  return new Map(
    panes
      .map(({ start, version, segment, packed }): [string, Uint8Array] => [
        `${start}/${version}/${segment}`,
        packed,
      ])
      .toSorted(([a], [b]) => (a < b ? -1 : 1)),
  );
}

describe("requests and responses that come one by one", () => {
  it("are counted as the same events would be if they came whole", async () => {
    const sent = events(200);
    const whole = await worldOf({ fitted: plain });
    await whole.feed(sent);
    const halves = await joinedWorld(plain, { commitRows: 30 });
    for (let from = 0; from < sent.length; from += 20) {
      const part = sent.slice(from, from + 20);
      if (from % 40 === 0)
        await halves.feed(
          part.map((one) => answered(one)),
          { stream: "answered" },
        );
      await halves.feed(part.map(asked), { stream: "asked" });
      if (from % 40 !== 0)
        await halves.feed(
          part.map((one) => answered(one)),
          { stream: "answered" },
        );
    }
    await halves.ingestion.flush(true);
    const layout = paneLayout(plain.counting);
    const expected = await panesOf(whole, layout);
    expect(expected.size).toBeGreaterThan(60);
    expect(await panesOf(halves, layout)).toEqual(expected);
    expect(halves.ledger("asked")).toMatchObject({ received: 200, measured: 200, waiting: 0 });
    expect(halves.ledger("answered")).toMatchObject({ received: 200, measured: 200, waiting: 0 });
    expect(halves.engine.admittedVersions("m")).toEqual(["v1", "v2"]);
  });

  it("wait for each other, close panes no sooner, and are orphans in the end", async () => {
    const world = await joinedWorld(plain, { within: 90_000 });
    const sent = events(60, MINUTE);
    await world.feed(sent.slice(0, 30).map(asked), { stream: "asked" });
    await world.feed(
      sent.slice(1, 30).map((one) => answered(one, 0)),
      { stream: "answered" },
    );
    expect(world.ledger("asked")).toMatchObject({ measured: 29, waiting: 1 });
    // Minute 29, less two of lateness and the two whole minutes that an answer may be away.
    expect((world.engine.closedThrough("m") - START) / MINUTE).toBe(25);
    await world.feed(sent.slice(30).map(asked), { stream: "asked" });
    expect(world.ledger("asked")).toMatchObject({
      measured: 29,
      waiting: 30,
      dropped: { "orphan-input": 1 },
    });
    await world.feed(
      sent.slice(30).map((one) => answered(one, 0)),
      { stream: "answered" },
    );
    expect(world.ledger("asked")).toMatchObject({ measured: 59, waiting: 0 });
    expect((world.engine.closedThrough("m") - START) / MINUTE).toBe(55);
    await world.feed([answered(event({ id: "nobody", time: START + HOUR }))], { stream: "answered" });
    await world.end();
    expect(world.ledger("answered")).toMatchObject({
      measured: 59,
      waiting: 0,
      dropped: { "orphan-output": 1 },
    });
    expect(world.engine.joinHealth("m")).toMatchObject({ pairs: 9, orphans: { input: 0, output: 1 } });
  });

  it("are given up when silence is all that is left, without another record", async () => {
    const world = await joinedWorld(plain);
    await world.feed([asked(event({ id: "a", time: START }))], { stream: "asked" });
    await world.feed([answered(event({ id: "b", time: START }))], { stream: "answered" });
    expect(world.ledger("asked").waiting).toBe(1);
    for (const progress of world.engine.tasks.get("asked", 0)?.streams.values() ?? []) progress.idle = true;
    await world.ingestion.flush(true);
    expect(world.ledger("asked")).toMatchObject({ waiting: 0, dropped: { "orphan-input": 1 } });
    expect(world.ledger("answered")).toMatchObject({ waiting: 0, dropped: { "orphan-output": 1 } });
  });

  it("say as whole events do what cannot be read, and take the version of whoever names one", async () => {
    const world = await joinedWorld(plain);
    const [first, second, third] = events(3);
    const nameless = (sent: Sent): Sent => ({ ...sent, value: { ...wholeOf(sent), version: undefined } });
    await world.feed(
      [garbage(START), asked(first), { ...asked(second), value: { ...wholeOf(asked(second)), id: 7.5 } }],
      {
        stream: "asked",
      },
    );
    await world.feed([nameless(answered(first)), garbage(START), answered(third)], { stream: "answered" });
    await world.feed([{ ...asked(third), value: { ...wholeOf(asked(third)), id: undefined } }], {
      stream: "asked",
    });
    await world.end();
    expect(world.ledger("asked")).toMatchObject({
      undecodable: 1,
      received: 3,
      measured: 1,
      dropped: { invalid: 1 },
    });
    expect(world.ledger("answered")).toMatchObject({ undecodable: 1, received: 2, measured: 1 });
    expect(world.engine.admittedVersions("m")).toEqual(["", "v1"]);
  });
});

describe("labels of requests", () => {
  it("meet the pair whenever they come, also rows of it by number", async () => {
    const sent = events(120, MINUTE);
    const labels = sent.map((one, i) =>
      label(`q${i}`, i % 3 === 0 ? 1 : 0, wholeOf(one).time + (i % 2 === 0 ? 2_000 : 9_000)),
    );
    const whole = await worldOf({ fitted: labelled });
    const halves = await joinedWorld(labelled, { commitRows: 7 });
    const waiting: number[] = [];
    for (const [i, one] of sent.entries()) {
      await whole.feed([one]);
      await whole.feed([labels[i]], { stream: "l" });
      await halves.feed([asked(one)], { stream: "asked" });
      // Some come before the answer, and are early: nothing has been predicted yet.
      if (i % 2 === 0) await halves.feed([labels[i]], { stream: "l" });
      waiting.push(halves.engine.tasks.get("asked", 0)?.progressOf("l").ledger.waiting ?? 0);
      await halves.feed([answered(one)], { stream: "answered" });
      if (i % 2 !== 0) await halves.feed([labels[i]], { stream: "l" });
    }
    expect(waiting).toEqual(sent.map((_, i) => 1 - (i % 2)));
    const again = label("q5#0", 0, START + 2 * HOUR);
    await halves.feed([again], { stream: "l" });
    await whole.end();
    await halves.end();
    const layout = cohortLayout(labelled.counting);
    const count = ({ measured, waiting, dropped }: ReturnType<World["ledger"]>): object => ({
      measured,
      waiting,
      orphans: dropped["orphan-label"],
    });
    expect(count(halves.ledger("l"))).toEqual({ measured: 120, waiting: 0, orphans: 0 });
    expect(halves.ledger("l").dropped.duplicate).toBe(1);
    expect(count(whole.ledger("l"))).toEqual({ measured: 120, waiting: 0, orphans: 0 });
    expect(await panesOf(halves, layout)).toEqual(await panesOf(whole, layout));
  });
});

describe("in a store that outlives the process", () => {
  it("they meet across any commit and any end", async () => {
    const directory = mkdtempSync(join(tmpdir(), "driftd-halves-"));
    const options = { seed: 21, within: MINUTE, step: 3_000, requests: 300 };
    const story = tellHalves(options);
    const { age } = planJoin(plain.counting.plan, options.within);
    const { pane, lateness } = plain.counting;
    const expected = expectHalves(story, { within: options.within, age, pane, lateness });
    const store = await openLmdbStore({ path: directory, clock: systemClock });
    try {
      let turn = 0;
      const outcome = await runHalves({
        fitted: plain,
        store,
        story,
        within: options.within,
        next() {
          turn += 1;
          const step =
            turn % 31 === 0 ? "crash" : turn % 4 === 0 ? "commit" : turn % 2 === 0 ? "input" : "output";
          return { step, count: 1 + (turn % 13) };
        },
      });
      expect(outcome.inputs).toEqual(expected.inputs);
      expect(outcome.outputs).toEqual(expected.outputs);
    } finally {
      await store.close();
      rmSync(directory, { recursive: true });
    }
  });
});
