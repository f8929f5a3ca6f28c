import { beforeAll, describe, expect, it } from "vitest";
import type { FittedModel } from "../../src/rules/fitted-model.ts";
import { createMemoryStore } from "../../src/state/memory.ts";
import type { Store } from "../../src/state/store.ts";
import type { Transition } from "../../src/verdict/alert.ts";
import { paneLayout } from "../../src/window/task-delta.ts";
import { createRewindingStore } from "../state/rewinding-store.ts";
import { createSharedStore } from "../state/shared-store.ts";
import { event, HOUR, MINUTE, modelOf, START, traffic, type Sent } from "./fixture.ts";
import { outline, worldOf, type World } from "./world.ts";

let fitted: FittedModel;
beforeAll(() => {
  fitted = modelOf({ rules: "  - { alert: Drift, measure: psi, columns: [amount], keepFiringFor: 0s }" });
});

const PARTITIONS = 3;

/** What each partition brings: the second and third hour are not as the reference. */
function story(partition: number): Sent[] {
  const told = (from: number, to: number, amount?: number): Sent[] =>
    traffic({ from: from * HOUR, to: to * HOUR }, (i) =>
      amount === undefined
        ? { id: `${partition}/${from}/${i}` }
        : { id: `${partition}/${from}/${i}`, amount },
    );
  return [...told(0, 1), ...told(1, 3, 95), ...told(3, 6)];
}

async function contentsOf(store: Store): Promise<string[]> {
  const panes = await store.readPanes({
    layout: paneLayout(fitted.counting),
    from: Number.NEGATIVE_INFINITY,
    to: Number.POSITIVE_INFINITY,
  });
  return panes
    .map(({ task, start, version, segment, packed }) =>
      [task?.partition, start, version, segment, Buffer.from(packed).toString("hex")].join(" "),
    )
    .toSorted();
}

/** A fleet whose members own one partition each. */
async function fleetOf(store = createMemoryStore()) {
  const shared = createSharedStore(store);
  const transitions: Transition[] = [];
  const join = (own: readonly number[]): Promise<World> =>
    worldOf({
      fitted,
      store: shared.member(),
      partitions: PARTITIONS,
      own,
      transitions,
      commitRows: 7,
      hasGroup: true,
    });
  const members = [await join([0]), await join([1]), await join([2])] as const;
  return { store, shared, transitions, members, join };
}

async function commitAll(members: readonly World[]): Promise<void> {
  for (const { ingestion } of members) await ingestion.flush(true);
}

/** The members read on in turns, each in steps of its own. */
async function play(members: readonly World[], from: number, to: number): Promise<void> {
  const steps = [5, 11, 3];
  const rest = members.map((_, partition) =>
    story(partition).filter(({ timestamp }) => timestamp >= START + from && timestamp < START + to),
  );
  while (rest.some(({ length }) => length > 0)) {
    for (const [i, member] of members.entries()) {
      const sent = rest[i].splice(0, steps[i]);
      if (sent.length > 0) await member.feed(sent, { partition: i });
      await member.meet();
    }
  }
  await commitAll(members);
  for (const member of members) await member.meet();
}

describe("a fleet", () => {
  it("counts and judges as one process does that reads everything", async () => {
    const alone = await worldOf({ fitted, partitions: PARTITIONS });
    for (let hour = 0; hour < 6; hour += 1) {
      for (let partition = 0; partition < PARTITIONS; partition += 1) {
        const from = START + hour * HOUR;
        const sent = story(partition).filter(({ timestamp }) => timestamp >= from && timestamp < from + HOUR);
        await alone.feed(sent, { partition });
      }
    }
    await commitAll([alone]);
    const { store, members, transitions } = await fleetOf();
    await play(members, 0, 6 * HOUR);
    expect(await contentsOf(store)).toEqual(await contentsOf(alone.store));
    expect(outline(transitions)).toEqual(outline(alone.transitions));
    expect(outline(transitions)).not.toEqual([]);
    expect(members.map((member) => member.leads())).toEqual([true, false, false]);
    // Whoever does not judge shows nothing of it.
    expect(members.map(({ engine }) => engine.standsBy("m"))).toEqual([false, true, true]);
  });

  it("goes on judging where the last one who did has stopped, and tells nothing twice", async () => {
    const whole = await fleetOf();
    await play(whole.members, 0, 6 * HOUR);
    const { members, shared, transitions, store } = await fleetOf();
    await play(members, 0, 90 * MINUTE);
    expect(transitions.map(({ alert }) => alert.state)).toContain("firing");
    shared.endLease();
    await members[2].meet();
    // The former one does not know it yet; what it records is refused.
    expect(members.map((member) => member.leads())).toEqual([true, false, true]);
    await play(members, 90 * MINUTE, 6 * HOUR);
    expect(members.map((member) => member.leads())).toEqual([false, false, true]);
    expect(outline(transitions)).toEqual(outline(whole.transitions));
    expect(await contentsOf(store)).toEqual(await contentsOf(whole.store));
  });

  it("passes a task on as it was committed, with versions that its new owner never met", async () => {
    const { members, transitions, store } = await fleetOf();
    await play(members, 0, HOUR);
    const [first, second, third] = members;
    const newer = traffic({ from: HOUR, to: 61 * MINUTE }, () => ({ version: "v2" }));
    await third.feed(newer, { partition: 2 });
    await commitAll([third]);
    const before = await contentsOf(store);
    third.ingestion.revoked([2]);
    await second.assign([1, 2]);
    await second.feed([event({ time: START + 61 * MINUTE, version: "v2" })], { partition: 2 });
    await commitAll([second]);
    const after = await contentsOf(store);
    // The panes that were there are there still, and grow.
    expect(after.length).toBe(before.length + 1);
    await first.meet();
    expect(first.engine.admittedVersions("m")).toContain("v2");
    expect(transitions).toEqual([]);
  });

  it("refuses what a member does with a task that was given to another, and that one leaves", async () => {
    const { members } = await fleetOf();
    const [first, second] = members;
    await first.feed(story(0).slice(0, 20), { partition: 0 });
    await commitAll([first]);
    await second.assign([0, 1]);
    await first.feed(story(0).slice(20, 40), { partition: 0 });
    expect(first.rejoins).toBe(1);
    expect(first.ingestion.commits.counts.fenced).toBe(1);
  });

  it("finds out that the store went back behind another member, whichever look sees it first", async () => {
    const store = createRewindingStore();
    const { members } = await fleetOf(store);
    const [first, second] = members;
    await second.feed(story(1).slice(0, 14), { partition: 1 });
    const kept = store.writes();
    await second.feed(story(1).slice(14, 28), { partition: 1 });
    await first.meet();
    await store.goBackTo(kept);
    // A look on the way to something else: nobody asks it about the store.
    await first.assign([0]);
    expect(first.reloads).toBe(0);
    await first.meet();
    expect(first.reloads).toBe(1);
    await first.assign([0]);
    await first.meet();
    expect(first.reloads).toBe(1);
  });

  it("closes panes without an idle partition, and drops as late what that brings of them when it wakes", async () => {
    const { members } = await fleetOf();
    const [first, second, third] = members;
    await second.feed([event({ time: START })], { partition: 1 });
    await third.feed([event({ time: START })], { partition: 2 });
    for (const [member, partition] of [
      [second, 1],
      [third, 2],
    ] as const) {
      const task = member.engine.tasks.get("s", partition);
      const progress = task?.streams.get("s");
      if (task === undefined || progress === undefined) throw new Error("no task");
      progress.idle = true;
      task.changed = true;
    }
    await commitAll(members);
    await first.feed(traffic({ from: 0, to: 30 * MINUTE }), { partition: 0 });
    await commitAll(members);
    await first.meet();
    const closed = (first.engine.closedThrough("m") - START) / MINUTE;
    expect(closed).toBe(27);
    await second.feed([event({ time: START + 3 * MINUTE }), event({ time: START + 28 * MINUTE })], {
      partition: 1,
    });
    await commitAll(members);
    const { measured, dropped } = second.ledger("s");
    expect([measured, dropped.late]).toEqual([2, 1]);
    // And it holds the others back now.
    await first.feed(traffic({ from: 30 * MINUTE, to: HOUR }), { partition: 0 });
    await commitAll(members);
    await first.meet();
    expect((first.engine.closedThrough("m") - START) / MINUTE).toBe(27);
  });
});
