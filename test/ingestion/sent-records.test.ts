import { beforeAll, describe, expect, it, vi } from "vitest";
import type { FittedModel } from "../../src/rules/fitted-model.ts";
import { createMemoryStore } from "../../src/state/memory.ts";
import type { Journal } from "../../src/state/journal.ts";
import type { Store } from "../../src/state/store.ts";
import type { SentRequest } from "../../src/stream/sent-request.ts";
import type { Delivery } from "../../src/stream/source.ts";
import { MINUTE, modelOf, streamsOf, traffic, type Sent } from "../engine/fixture.ts";
import { worldOf, type World } from "../engine/world.ts";
import { recordLog } from "../runtime/log-lines.ts";

let fitted: FittedModel;
beforeAll(() => {
  fitted = modelOf({ rules: "  - { alert: Drift, measure: psi, columns: [amount] }" });
});

const PATIENCE = { timeout: 120_000 };
const NOTHING = { overflow: 0, oversize: 0 };
const sent = traffic({ from: 0, to: 10 * MINUTE });

function requestOf({ timestamp, value }: Sent): SentRequest {
  return { time: timestamp, headers: {}, values: [Buffer.from(JSON.stringify(value))] };
}

function deliveryOf(records: readonly Sent[], rest: Partial<Delivery> = {}): Delivery {
  return { stream: "s", requests: records.map(requestOf), unread: NOTHING, ...rest };
}

/** A daemon that begins on what another one left, which was killed. */
function worldOn(store: Store, rest: Partial<Parameters<typeof worldOf>[0]> = {}): Promise<World> {
  return worldOf({ fitted, store, isSent: true, commitRows: 1_000, ...rest });
}

function journalOf({ journal }: Store): Journal {
  if (journal === undefined) throw new Error("no journal");
  return journal;
}

describe("records that are sent", () => {
  it("stand in the journal when they are answered, and are counted a moment later", async () => {
    const store = createMemoryStore();
    const world = await worldOn(store, { commitRows: 1 });
    expect(await world.ingestion.deliver([deliveryOf(sent.slice(0, 8))])).toEqual([true]);
    expect([...journalOf(store).entries()]).toHaveLength(1);
    await vi.waitFor(() => expect(world.ledger("s")).toMatchObject({ received: 8, measured: 8 }), PATIENCE);
  });

  it("are counted once by whoever follows a daemon that was killed: after the answer, the count, or the commit", async () => {
    const never = await worldOn(createMemoryStore());
    await never.ingestion.deliver([deliveryOf(sent.slice(0, 20))]);
    await never.ingestion.flush(true);

    const store = createMemoryStore();
    const first = await worldOn(store);
    await first.ingestion.deliver([deliveryOf(sent.slice(0, 8))]);
    await first.ingestion.flush(true);
    await first.ingestion.deliver([deliveryOf(sent.slice(8, 12))]);
    await first.ingestion.deliver([deliveryOf(sent.slice(12, 14), { dropped: () => undefined })]);
    const { log, lines } = recordLog();
    const second = await worldOn(store, { log });
    expect(lines).toContainEqual(expect.objectContaining({ stream: "s", records: 6 }));
    await second.ingestion.deliver([deliveryOf(sent.slice(14, 20))]);
    const third = await worldOn(store);
    await third.ingestion.flush(true);
    expect(third.ledger("s")).toEqual(never.ledger("s"));
    expect(third.ledger("s")).toMatchObject({ received: 20, measured: 20 });
    const { state } = await store.claim({ group: "s", partition: 0 });
    const { state: other } = await never.store.claim({ group: "s", partition: 0 });
    expect(state).toEqual(other);
  });

  it("leave the journal once they are committed", async () => {
    const store = createMemoryStore();
    const world = await worldOn(store);
    await world.ingestion.deliver([deliveryOf(sent.slice(0, 8))]);
    await world.ingestion.deliver([deliveryOf(sent.slice(8, 9))]);
    await world.ingestion.flush();
    expect([...journalOf(store).entries()]).toHaveLength(2);
    await world.ingestion.flush(true);
    expect([...journalOf(store).entries()]).toHaveLength(0);
  });

  it("are told of, where that is asked, before they are answered: which were not counted, and why", async () => {
    const world = await worldOn(createMemoryStore());
    const dropped: string[] = [];
    const events = [
      ...traffic({ from: 20 * MINUTE, to: 20.25 * MINUTE }),
      ...traffic({ from: 20.25 * MINUTE, to: 20.5 * MINUTE }, () => ({ model: "stranger" })),
      ...traffic({ from: 0, to: 0.25 * MINUTE }),
    ];
    const values = [...events.flatMap((event) => requestOf(event).values), new TextEncoder().encode("{")];
    const request = { time: events[0]?.timestamp ?? 0, headers: {}, values };
    await world.ingestion.deliver([
      deliveryOf(sent.slice(0, 3), { unread: { overflow: 1, oversize: 1 } }),
      {
        stream: "s",
        requests: [request],
        unread: NOTHING,
        dropped: (record, reason) => dropped.push(`${record} ${reason}`),
      },
    ]);
    expect(dropped.toSorted()).toEqual(["1 unknown-model", "2 late", `${events.length} undecodable`]);
  });

  it("are counted with what was turned away unread, once, also after a crash", async () => {
    const store = createMemoryStore();
    const world = await worldOn(store);
    const unread = { overflow: 3, oversize: 2 };
    await world.ingestion.deliver([deliveryOf([], { unread })]);
    await world.ingestion.flush(true);
    await world.ingestion.deliver([deliveryOf([], { unread })]);
    for (let life = 0; life < 2; life++) {
      const next = await worldOn(store);
      await next.ingestion.flush(true);
      expect(next.ledger("s")).toMatchObject({ received: 6, measured: 0, oversize: 4, decoded: 0 });
      expect(next.ledger("s").dropped.overflow).toBe(6);
    }
  });

  it("are not taken where the task is not ours", async () => {
    const world = await worldOn(createMemoryStore());
    world.ingestion.revoked([0]);
    expect(await world.ingestion.deliver([deliveryOf(sent)])).toEqual([false]);
    await world.assign();
    await world.assign();
    expect(await world.ingestion.deliver([deliveryOf(sent)])).toEqual([true]);
    await world.ingestion.flush(true);
    expect(world.ledger("s").received).toBe(sent.length);
  });

  it("are taken out of the journal again where the task was lost before they were committed", async () => {
    const world = await worldOn(createMemoryStore(), { hasGroup: true });
    await world.ingestion.deliver([deliveryOf(sent.slice(0, 10))]);
    await world.store.claim({ group: "s", partition: 0 });
    await world.ingestion.flush(true);
    expect(world.ledger("s").received).toBe(0);
    await world.assign();
    await world.assign();
    await world.ingestion.flush(true);
    expect(world.ledger("s")).toMatchObject({ received: 10, measured: 10 });
  });

  it("of a stream that is not in the configuration any more are dropped, and that is said", async () => {
    const store = createMemoryStore();
    const first = await worldOn(store);
    await first.ingestion.deliver([deliveryOf(sent.slice(0, 5))]);
    const { log, lines } = recordLog();
    const streams = streamsOf(false).map((stream) => ({ ...stream, name: "other" }));
    const second = await worldOn(store, { log, streams });
    expect(lines).toContainEqual(expect.objectContaining({ level: "warn", stream: "s", records: 5 }));
    await second.ingestion.flush(true);
    expect([...journalOf(store).entries()]).toHaveLength(0);
  });

  it("stop the daemon where the journal cannot be written, and are not acknowledged", async () => {
    const store = createMemoryStore();
    const full = new Error("no space");
    const journal = { ...journalOf(store), append: () => Promise.reject(full) };
    const world = await worldOn({ ...store, journal });
    await expect(world.ingestion.deliver([deliveryOf(sent)])).rejects.toThrow(full);
    expect(world.failure).toBe(full);
  });

  it("wait for their turn where more are sent than can be counted", async () => {
    const world = await worldOn(createMemoryStore());
    const many = Array.from({ length: 90 }, () => sent).flat();
    let release = (): void => undefined;
    const busy = world.ingestion.exclusive(() => new Promise<void>((resolve) => (release = resolve)));
    let answered = 0;
    const sending = (async () => {
      for (; answered < 8; answered++) await world.ingestion.deliver([deliveryOf(many)]);
    })();
    const most = Math.ceil(8_192 / many.length);
    await vi.waitFor(() => expect(answered).toBe(most), PATIENCE);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(answered).toBe(most);
    release();
    await Promise.all([busy, sending]);
    await world.ingestion.flush(true);
    expect(world.ledger("s").received).toBe(8 * many.length);
  });
});
