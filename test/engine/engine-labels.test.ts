import { beforeAll, describe, expect, it } from "vitest";
import type { StreamLedger } from "../../src/event/ledger.ts";
import type { FittedModel } from "../../src/rules/fitted-model.ts";
import { COHORT_HEAD, cohortScore } from "./cohort-days.ts";
import {
  DAY,
  event,
  garbage,
  HOUR,
  label,
  MINUTE,
  modelOf,
  START,
  withFields,
  type Sent,
} from "./fixture.ts";
import { worldOf, type World } from "./world.ts";

const RULES = `
  - { alert: Wrong, measure: brier, above: 0.3, keepFiringFor: 0s }
  - { alert: WrongByRegion, measure: brier, by: [version, region], above: 0.3, for: 1d, keepFiringFor: 0s }`;

let fitted: FittedModel;
beforeAll(() => {
  fitted = modelOf({ rules: RULES, head: COHORT_HEAD, labels: true });
});

const LABELS = { stream: "l" };

/** The reasons that dropped something, and where the rest is. */
function told({ received, measured, waiting, revised, dropped }: StreamLedger): Record<string, number> {
  const drops = Object.fromEntries(Object.entries(dropped).filter(([, count]) => count > 0));
  return { received, measured, ...(waiting > 0 && { waiting }), ...(revised > 0 && { revised }), ...drops };
}

/** Feeds a record at a time, so that both ledgers are checked after every batch. */
async function feedEach(world: World, sent: readonly Sent[], place: { stream?: string } = {}): Promise<void> {
  for (const one of sent) {
    await world.feed([one], place);
    world.ledger("s");
    world.ledger("l");
  }
}

describe("the ledger of an inference stream", () => {
  it("says where every row went, and every record", async () => {
    const world = await worldOf({ fitted, now: START + DAY });
    await feedEach(world, [
      event({ id: "a", time: START, score: 0.2 }),
      event({ id: "a", time: START, score: 0.2 }),
      event({ id: "a", time: START, score: 0.3 }),
      event({ id: "a", time: START + 1, score: 0.2 }),
      event({ id: "b", time: START + 10 * MINUTE }),
      event({ id: "c", time: START + MINUTE }, START + 10 * MINUTE),
      event({ id: "d", time: START + HOUR }, START + 10 * MINUTE),
      event({ id: "", time: START + 10 * MINUTE }),
      { timestamp: START + 10 * MINUTE, value: { id: "e", model: "m", time: null } },
      event({ id: "f", time: START + 10 * MINUTE, model: "stranger" }),
      garbage(START + 10 * MINUTE),
      { timestamp: START + 10 * MINUTE, value: null },
      { timestamp: START + 10 * MINUTE, value: "x".repeat(10_001) },
    ]);
    const ledger = world.ledger("s");
    expect(told(ledger)).toEqual({
      received: 10,
      measured: 2,
      duplicate: 1,
      conflict: 2,
      late: 1,
      future: 1,
      invalid: 2,
      "unknown-model": 1,
    });
    const { decoded, undecodable, ignored, oversize } = ledger;
    expect({ decoded, undecodable, ignored, oversize }).toEqual({
      decoded: 10,
      undecodable: 1,
      ignored: 1,
      oversize: 1,
    });
  });

  it("finds duplicates that were committed before, by another life of the daemon, and in one batch", async () => {
    const twice = [event({ id: "a", time: START }), event({ id: "b", time: START })];
    const first = await worldOf({ fitted });
    await first.feed([...twice, twice[0] ?? garbage(START)]);
    expect(told(first.ledger("s"))).toEqual({ received: 3, measured: 2, duplicate: 1 });
    await first.feed(twice);
    const second = await worldOf({ fitted, store: first.store });
    await second.feed(twice);
    expect(told(second.ledger("s"))).toEqual({ received: 7, measured: 2, duplicate: 5 });
  });
});

describe("the ledger of a label stream", () => {
  it("counts labels that meet a prediction, once, and revisions", async () => {
    const world = await worldOf({ fitted });
    await feedEach(world, [event({ id: "a", time: START }), event({ id: "b", time: START })]);
    await feedEach(
      world,
      [
        label("a", 1, START + HOUR),
        label("a", 1, START + HOUR),
        label("a", 0, START + HOUR),
        label("b", 0, START),
        // An older one that comes later is a revision, too: the order of the log decides.
        withFields(label("a", 1, START + HOUR), { time: START }),
      ],
      LABELS,
    );
    expect(told(world.ledger("l"))).toEqual({ received: 5, measured: 4, revised: 2, duplicate: 1 });
  });

  it("drops labels that say nothing, come too late, or are of a prediction that is forgotten", async () => {
    const world = await worldOf({ fitted });
    await feedEach(world, [event({ id: "a", time: START }), event({ id: "b", time: START + DAY - MINUTE })]);
    await feedEach(world, [label("a", null, START + MINUTE), garbage(START + MINUTE)], LABELS);
    expect(told(world.ledger("l"))).toEqual({ received: 1, measured: 0, invalid: 1 });
    expect(world.ledger("l").undecodable).toBe(1);
    // Their cohort ended with the first day; two days later nothing of it counts any more.
    await feedEach(world, [event({ id: "c", time: START + 3 * DAY })]);
    await feedEach(world, [label("b", 1, START + 3 * DAY), label("a", 1, START + 3 * DAY)], LABELS);
    await world.end();
    expect(told(world.ledger("l"))).toEqual({
      received: 3,
      measured: 0,
      invalid: 1,
      late: 1,
      "orphan-label": 1,
    });
  });

  it("lets early labels wait, until they meet their prediction or ten minutes have passed", async () => {
    const world = await worldOf({ fitted });
    await feedEach(world, [event({ id: "z", time: START })]);
    await feedEach(
      world,
      [label("a", 1, START), label("a", 1, START), label("b", 1, START + 5 * MINUTE), label("c", 1, START)],
      LABELS,
    );
    expect(told(world.ledger("l"))).toEqual({ received: 4, measured: 0, waiting: 3, duplicate: 1 });
    await feedEach(world, [event({ id: "a", time: START + 10 * MINUTE })]);
    expect(told(world.ledger("l"))).toEqual({ received: 4, measured: 1, waiting: 2, duplicate: 1 });
    await feedEach(world, [event({ id: "y", time: START + 11 * MINUTE })]);
    const waiting = { received: 4, measured: 1, waiting: 1, duplicate: 1, "orphan-label": 1 };
    expect(told(world.ledger("l"))).toEqual(waiting);
    // What waits is remembered, and meets its prediction in the daemon's next life.
    const later = await worldOf({ fitted, store: world.store });
    expect(told(later.ledger("l"))).toEqual(waiting);
    await feedEach(later, [event({ id: "b", time: START + 12 * MINUTE })]);
    expect(told(later.ledger("l"))).toEqual({ received: 4, measured: 2, duplicate: 1, "orphan-label": 1 });
  });

  it("counts the last truth of a prediction, whether it or its labels come first", async () => {
    const ids = Array.from({ length: 300 }, (_, i) => `p${i}`);
    const predictions = ids.map((id, i) => event({ id, time: START + MINUTE, score: (i % 10) / 10 }));
    const labels = [0, 1].flatMap((turn) => ids.map((id, i) => label(id, (i + turn) % 2, START + MINUTE)));
    const found = [];
    for (const isFirst of [true, false]) {
      const world = await worldOf({ fitted });
      if (isFirst) await world.feed(predictions);
      await world.feed(labels, LABELS);
      const later = await worldOf({ fitted, store: world.store });
      if (!isFirst) await later.feed(predictions);
      await later.end();
      expect(told(later.ledger("l"))).toEqual({ received: 600, measured: 600, revised: 300 });
      found.push(cohortScore(later, "brier"));
    }
    expect(found[0]).toMatchObject({ n: 300, value: expect.closeTo(0.385) });
    expect(found[1]).toEqual(found[0]);
  });

  it("ends the wait at the same label wherever batches are cut", async () => {
    const predictions = Array.from({ length: 40 }, (_, i) =>
      event({ id: `p${i}`, time: START + i * MINUTE }),
    );
    const labels = Array.from({ length: 40 }, (_, i) => label(`p${i}`, i % 2, START + (i % 20) * MINUTE));
    const ledgers = [];
    for (const cut of [1, 3, 40]) {
      const world = await worldOf({ fitted });
      await world.feed([event({ id: "first", time: START })]);
      await world.feed(labels, LABELS);
      for (let from = 0; from < 40; from += cut) await world.feed(predictions.slice(from, from + cut));
      await world.end();
      ledgers.push(told(world.ledger("l")));
    }
    expect(ledgers[0]).toMatchObject({ received: 40, measured: 20, "orphan-label": 20 });
    expect(ledgers[1]).toEqual(ledgers[0]);
    expect(ledgers[2]).toEqual(ledgers[0]);
  });

  it("knows at the end of the stream that nobody comes for those who wait", async () => {
    const world = await worldOf({ fitted });
    await feedEach(world, [event({ id: "a", time: START })]);
    await feedEach(world, [label("ghost", 1, START)], LABELS);
    await world.end();
    expect(told(world.ledger("l"))).toEqual({ received: 1, measured: 0, "orphan-label": 1 });
  });
});
