import { beforeAll, describe, expect, it } from "vitest";
import type { FittedModel } from "../../src/rules/fitted-model.ts";
import { createMemoryStore } from "../../src/state/memory.ts";
import type { Store } from "../../src/state/store.ts";
import { paneLayout } from "../../src/window/task-delta.ts";
import { HOUR, MINUTE, modelOf, START, traffic, batchOf } from "../engine/fixture.ts";
import { worldOf } from "../engine/world.ts";
import { recordLog } from "../runtime/log-lines.ts";

let fitted: FittedModel;
beforeAll(() => {
  fitted = modelOf({ rules: "  - { alert: Drift, measure: psi, columns: [amount] }" });
});

describe("Ingestion", () => {
  it("commits after so many rows, and what is left when it is asked to", async () => {
    const world = await worldOf({ fitted, commitRows: 50 });
    const sent = traffic({ from: 0, to: 40 * MINUTE });
    for (let from = 0; from < 80; from += 20) await world.feed(sent.slice(from, from + 20));
    expect(world.ingestion.commits.counts.committed).toBe(1);
    await world.ingestion.flush(true);
    expect(world.ingestion.commits.counts.committed).toBe(2);
    await world.ingestion.flush(true);
    expect(world.ingestion.commits.counts.committed).toBe(2);
  });

  it("says once of a stream that none of its records can be used", async () => {
    const { log, lines } = recordLog("info");
    const world = await worldOf({ fitted, log });
    const said = () => lines.filter(({ msg }) => String(msg).startsWith("not one record of this stream"));
    const strangers = traffic({ from: 0, to: 49 * MINUTE }, () => ({ model: "Fraud" }));
    await world.feed(strangers);
    expect(said()).toEqual([]);
    await world.feed(strangers);
    await world.feed(strangers);
    expect(said()).toMatchObject([{ level: "warn", stream: "s", "unknown-model": 196, invalid: 0 }]);
  });

  it("has nothing to say of a stream of which some records can be used", async () => {
    const { log, lines } = recordLog("info");
    const world = await worldOf({ fitted, log });
    await world.feed(traffic({ from: 0, to: MINUTE }));
    await world.feed(traffic({ from: 0, to: HOUR }, () => ({ model: "Fraud" })));
    expect(lines.filter(({ msg }) => String(msg).startsWith("not one record of this stream"))).toEqual([]);
  });

  it("lists the models that no rule file describes, a few of them, with the line that begins with each", async () => {
    const { log, lines } = recordLog("info");
    const world = await worldOf({ fitted, log });
    expect(world.ingestion.unknownModels()).toEqual({});
    const names = ["Fraud", "it's", "Fraud", "-x"];
    await world.feed(traffic({ from: 0, to: 2 * MINUTE }, (_, i) => ({ model: names[i % 4] ?? "" })));
    const begun = [
      { model: "Fraud", init: "driftd init kafka:s --model Fraud" },
      { model: "it's", init: "driftd init kafka:s --model 'it'\\''s'" },
      { model: "-x", init: "driftd init kafka:s --model '-x'" },
    ];
    expect(world.ingestion.unknownModels()).toEqual({ s: begun });
    const said = () =>
      lines.filter(({ msg }) => String(msg).startsWith("events of a model that no rule file"));
    expect(said()).toMatchObject(begun.map((one) => ({ level: "warn", stream: "s", ...one })));
    await world.feed(traffic({ from: 2 * MINUTE, to: 22 * MINUTE }, (_, i) => ({ model: `made up ${i}` })));
    expect(world.ingestion.unknownModels()["s"]).toHaveLength(16);
    expect(said()).toHaveLength(16);
  });

  it("goes on where the store says, and where the source should begin if it says nothing", async () => {
    const world = await worldOf({ fitted, commitRows: 50 });
    expect(await world.ingestion.assigned([0])).toEqual([{ stream: "s", partition: 0, offset: "latest" }]);
    await world.feed(traffic({ from: 0, to: 25 * MINUTE }));
    await world.feed(traffic({ from: 25 * MINUTE, to: 30 * MINUTE }));
    // The last ten were not committed: their offsets are read again.
    const [position] = await world.ingestion.assigned([0]);
    expect(position).toMatchObject({ stream: "s", partition: 0, offset: 50 });
    expect(position?.last?.crc).toBeTypeOf("number");
    expect(world.ledger("s").measured).toBe(50);
  });

  it("drops what comes of a partition that is no longer its own", async () => {
    const world = await worldOf({ fitted, partitions: 2 });
    world.ingestion.revoked([1]);
    await world.feed(traffic({ from: 0, to: HOUR }), { partition: 1 });
    expect(world.ledger("s").received).toBe(0);
    expect(world.failure).toBeUndefined();
  });

  it("stops when somebody else has taken its task, and says so", async () => {
    const world = await worldOf({ fitted });
    await world.feed(traffic({ from: 0, to: 5 * MINUTE }));
    await world.store.claim({ group: "s", partition: 0 });
    await expect(world.feed(traffic({ from: 5 * MINUTE, to: 10 * MINUTE }))).rejects.toThrow(
      "Another daemon has taken over partition 0 of s",
    );
    expect(world.failure?.message).toContain("nothing is lost");
    expect(world.ingestion.commits.counts).toMatchObject({ committed: 1, fenced: 1 });
    // Nothing is read or written any more.
    await expect(world.feed(traffic({ from: 10 * MINUTE, to: 15 * MINUTE }))).rejects.toThrow(/taken over/);
    const { state } = await world.store.claim({ group: "s", partition: 0 });
    expect(JSON.parse(new TextDecoder().decode(state)).streams.s.next).toBe(10);
  });

  it("drops a task that somebody else has taken, leaves the group, and goes on as the store says once it has it again", async () => {
    const world = await worldOf({ fitted, hasGroup: true });
    await world.feed(traffic({ from: 0, to: 5 * MINUTE }));
    const { version } = await world.store.claim({ group: "s", partition: 0 });
    await world.feed(traffic({ from: 5 * MINUTE, to: 10 * MINUTE }));
    expect(world.failure).toBeUndefined();
    expect(world.rejoins).toBe(1);
    expect(world.ingestion.commits.counts).toMatchObject({ committed: 1, fenced: 1, rewound: 0 });
    // The other one's by now: neither counted nor committed.
    await world.feed(traffic({ from: 10 * MINUTE, to: 15 * MINUTE }));
    await world.ingestion.flush(true);
    expect(world.ledger("s").received).toBe(0);
    const { state } = await world.store.claim({ group: "s", partition: 0 });
    expect(JSON.parse(new TextDecoder().decode(state)).streams.s.next).toBe(10);

    await world.assign();
    expect(world.isStale).toBe(true);
    await world.assign();
    expect(world.offsets.get("s/0")).toBe(10);
    await world.feed(traffic({ from: 5 * MINUTE, to: 15 * MINUTE }));
    expect(world.ledger("s")).toMatchObject({ received: 30, measured: 30 });
    expect((await world.store.claim({ group: "s", partition: 0 })).version).toBeGreaterThan(version);
  });

  it("makes nothing of a refused commit of a task that was revoked while it was under way", async () => {
    const memory = createMemoryStore();
    let meanwhile = async (): Promise<void> => {};
    const store: Store = {
      ...memory,
      async commit(commit) {
        await meanwhile();
        return memory.commit(commit);
      },
    };
    const world = await worldOf({ fitted, store, partitions: 2 });
    meanwhile = async () => {
      world.ingestion.revoked([0]);
      await memory.claim({ group: "s", partition: 0 });
    };
    await world.feed(traffic({ from: 0, to: 5 * MINUTE }));
    expect(world.failure).toBeUndefined();
    expect(world.ingestion.commits.counts).toMatchObject({ committed: 0, fenced: 1 });
  });

  it("counts nothing of a task that was revoked while the store was asked of its ids", async () => {
    const labelled = modelOf({
      rules: "  - { alert: Drift, measure: psi, columns: [amount] }",
      labels: true,
    });
    const memory = createMemoryStore();
    let meanwhile = (): void => {};
    const store: Store = {
      ...memory,
      async find(...question) {
        meanwhile();
        return memory.find(...question);
      },
    };
    const world = await worldOf({ fitted: labelled, store, partitions: 2 });
    meanwhile = () => world.ingestion.revoked([0]);
    await world.feed(traffic({ from: 0, to: 5 * MINUTE }));
    await world.ingestion.flush(true);
    expect(world.ingestion.commits.counts.committed).toBe(0);
  });

  it("counts anew, and adds nothing to, the panes of a task whose own record is lost", async () => {
    const world = await worldOf({ fitted });
    const sent = traffic({ from: 0, to: 2 * MINUTE });
    await world.feed(sent);
    const all = { layout: paneLayout(fitted.counting), from: Number.NEGATIVE_INFINITY, to: START + HOUR };
    const before = (await world.store.readPanes(all)).map(({ packed }) => Buffer.from(packed));
    expect(before).not.toEqual([]);
    const store: Store = {
      ...world.store,
      claim: async (task) => {
        const { version, id } = await world.store.claim(task);
        return { version, id };
      },
    };
    const later = await worldOf({ fitted, store });
    await later.feed(sent);
    expect((await store.readPanes(all)).map(({ packed }) => Buffer.from(packed))).toEqual(before);
  });

  it("reads the state anew when it takes tasks over after standing by", async () => {
    const world = await worldOf({ fitted });
    await world.feed(traffic({ from: 0, to: 5 * MINUTE }));
    await world.assign([]);
    expect(world.engine.standsBy("m")).toBe(true);
    expect(world.reloads).toBe(0);
    await world.assign();
    expect(world.reloads).toBe(1);
    expect(world.engine.standsBy("m")).toBe(false);
    await world.assign();
    expect(world.reloads).toBe(1);
    expect(world.offsets.get("s/0")).toBe(10);
    expect(world.ingestion.commits.counts.rewound).toBe(0);
  });

  it("takes nothing from a batch without records", async () => {
    const world = await worldOf({ fitted });
    await world.feed(traffic({ from: 0, to: 5 * MINUTE }));
    await world.ingestion.batch(batchOf({ stream: "s", partition: 0, firstOffset: 10 }, []));
    await world.ingestion.flush(true);
    const [position] = await world.ingestion.assigned([0]);
    expect(position?.offset).toBe(10);
  });

  it("stops when the store cannot write, and writes nothing of what failed", async () => {
    const memory = createMemoryStore();
    let isFull = false;
    const store: Store = {
      ...memory,
      commit: (commit) => (isFull ? Promise.reject(new Error("the disk is full")) : memory.commit(commit)),
    };
    const world = await worldOf({ fitted, store });
    await world.feed(traffic({ from: 0, to: 5 * MINUTE }));
    isFull = true;
    await expect(world.feed(traffic({ from: 5 * MINUTE, to: 10 * MINUTE }))).rejects.toThrow(
      "the disk is full",
    );
    expect(world.failure?.message).toBe("the disk is full");
    expect(world.ingestion.commits.counts).toMatchObject({ committed: 1, failed: 1 });
    await world.ingestion.flush(true);
    isFull = false;
    const later = await worldOf({ fitted, store });
    expect(later.next.get("s/0")).toBe(10);
    expect(later.ledger("s").measured).toBe(10);
  });
});
