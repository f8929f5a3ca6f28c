import { beforeAll, describe, expect, it } from "vitest";
import type { FittedModel } from "../../src/rules/fitted-model.ts";
import { lookAtStreams } from "../../src/ingestion/stream-sight.ts";
import { BlindnessWatch } from "../../src/verdict/blindness.ts";
import { paneLayout } from "../../src/window/task-delta.ts";
import { event, garbage, HOUR, MINUTE, modelOf, START, type Sent } from "./fixture.ts";
import { answered, asked, events, joinedWorld, panesOf, wholeOf } from "./half-events.ts";
import { joinedStreams } from "./half-world.ts";
import { worldOf } from "./world.ts";

let plain: FittedModel;
beforeAll(() => {
  const story = { rules: "  - { alert: Drift, measure: psi, columns: [amount] }", perHour: 12 };
  plain = modelOf({ ...story, head: "window: { size: 1h, pane: 1m, lateness: 2m }\nsegmentBy: [region]" });
});

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
    expect(world.ledger("asked")).toMatchObject({
      measured: 29,
      waiting: 0,
      dropped: { "orphan-input": 1 },
    });
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

  it("that come after silence has ended their wait are late, though the model waits for others", async () => {
    const world = await worldOf({ fitted: plain, streams: joinedStreams(MINUTE), partitions: 2 });
    const first = event({ id: "a", time: START });
    const second = event({ id: "b", time: START + 10_000 });
    await world.feed([asked(first), asked(event({ id: "c", time: START + MINUTE }))], { stream: "asked" });
    for (const progress of world.engine.tasks.get("asked", 0)?.streams.values() ?? []) progress.idle = true;
    await world.ingestion.flush(true);
    await world.feed([answered(first), answered(second)], { stream: "answered" });
    await world.feed([asked(second)], { stream: "asked" });
    expect(world.engine.closedThrough("m")).toBe(Number.NEGATIVE_INFINITY);
    expect(world.ledger("answered")).toMatchObject({ received: 2, waiting: 0, dropped: { late: 2 } });
    expect(world.ledger("asked")).toMatchObject({
      received: 3,
      waiting: 0,
      dropped: { "orphan-input": 2, late: 1 },
    });
  });

  it("of panes that a model closed without an idle partition are given up there, and what comes then is late", async () => {
    const world = await worldOf({ fitted: plain, streams: joinedStreams(MINUTE), partitions: 2 });
    const sent = events(60, MINUTE);
    const lost = event({ id: "lost", time: START + 4 * MINUTE });
    await world.feed([asked(lost)], { stream: "asked", partition: 1 });
    await world.feed(sent.map(asked), { stream: "asked" });
    await world.feed(
      sent.map((one) => answered(one, 0)),
      { stream: "answered" },
    );
    expect(world.engine.closedThrough("m")).toBe(Number.NEGATIVE_INFINITY);
    const silent = world.engine.tasks.get("asked", 1);
    for (const progress of silent?.streams.values() ?? []) progress.idle = true;
    await world.tick(START + 2 * HOUR);
    // Minute 59, less two of lateness and the one that an answer may be away.
    expect((world.engine.closedThrough("m") - START) / MINUTE).toBe(56);
    await world.feed([answered(lost)], { stream: "answered", partition: 1 });
    expect(world.ledger("asked")).toMatchObject({ measured: 60, waiting: 0, dropped: { "orphan-input": 1 } });
    expect(world.ledger("answered")).toMatchObject({ measured: 60, waiting: 0, dropped: { late: 1 } });
  });

  it("that never find each other are an alert, which names both causes", async () => {
    const world = await joinedWorld(plain);
    const sent = events(400);
    const strange = sent.map((one) => ({
      ...one,
      value: { ...wholeOf(one), id: `other ${wholeOf(one).id}` },
    }));
    await world.feed([...sent.slice(0, 50), ...strange.slice(50)].map(asked), { stream: "asked" });
    await world.feed(
      sent.map((one) => answered(one)),
      { stream: "answered" },
    );
    await world.ingestion.flush(true);
    const { broken = "" } = world.engine.joinHealth("m") ?? {};
    expect(broken).toMatch(/^100% of \d+ requests and 100% of \d+ responses did not find each other/);
    const look = lookAtStreams(world.engine, { sources: [] }, "m");
    expect(look.broken).toBe(broken);
    expect(new BlindnessWatch().look(look, { now: START })).toMatchObject([
      { name: "join-broken", text: broken },
    ]);
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
