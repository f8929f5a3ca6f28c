import { beforeAll, describe, expect, it } from "vitest";
import type { FittedModel } from "../../src/rules/fitted-model.ts";
import type { Delivery } from "../../src/stream/source.ts";
import { batchOf, MINUTE, modelOf, traffic, type Sent } from "../engine/fixture.ts";
import { worldOf } from "../engine/world.ts";

let fitted: FittedModel;
beforeAll(() => {
  fitted = modelOf({ rules: "  - { alert: Drift, measure: psi, columns: [amount] }" });
});

const NOTHING = { overflow: 0, oversize: 0 };

function deliveryOf(sent: readonly Sent[], rest: Partial<Delivery> = {}): Delivery {
  return { batch: batchOf({ stream: "s", partition: 0, firstOffset: 0 }, sent), unread: NOTHING, ...rest };
}

describe("a delivery", () => {
  it("is committed when it is answered, under the offsets that follow the stored ones", async () => {
    const world = await worldOf({ fitted, commitRows: 1_000 });
    const sent = traffic({ from: 0, to: 10 * MINUTE });
    expect(await world.ingestion.deliver([deliveryOf(sent.slice(0, 8))])).toEqual([true]);
    expect(await world.ingestion.deliver([deliveryOf(sent.slice(8, 20))])).toEqual([true]);
    expect(world.ingestion.commits.counts.committed).toBe(2);
    expect(world.ledger("s")).toMatchObject({ received: 20, measured: 20 });
    const [position] = await world.ingestion.assigned([0]);
    expect(position).toMatchObject({ stream: "s", offset: 20 });
  });

  it("is told which of its records were not counted, and why", async () => {
    const world = await worldOf({ fitted });
    const dropped: string[] = [];
    const batch = batchOf({ stream: "s", partition: 0, firstOffset: 7 }, [
      ...traffic({ from: 20 * MINUTE, to: 20.25 * MINUTE }),
      ...traffic({ from: 20.25 * MINUTE, to: 20.5 * MINUTE }, () => ({ model: "stranger" })),
      ...traffic({ from: 0, to: 0.25 * MINUTE }),
    ]);
    const values = [...batch.values];
    values.push(new TextEncoder().encode("{"));
    const records = { ...batch, values, count: values.length };
    const all = {
      ...records,
      offsets: new Float64Array(8),
      timestamps: new Float64Array(8).fill(batch.timestamps[0] ?? 0),
      keys: [...batch.keys, null],
      headers: [...batch.headers, undefined],
    };
    await world.ingestion.deliver([
      { batch: all, unread: NOTHING, dropped: (record, reason) => dropped.push(`${record} ${reason}`) },
    ]);
    expect(dropped.toSorted()).toEqual(["1 unknown-model", "2 late", `${batch.count} undecodable`]);
  });

  it("books what was turned away unread, and both ledgers hold", async () => {
    const world = await worldOf({ fitted });
    await world.ingestion.deliver([deliveryOf([], { unread: { overflow: 3, oversize: 2 } })]);
    const ledger = world.ledger("s");
    expect(ledger).toMatchObject({ received: 3, measured: 0, oversize: 2, decoded: 0 });
    expect(ledger.dropped.overflow).toBe(3);
  });

  it("is not taken in where the task is not ours", async () => {
    const world = await worldOf({ fitted });
    world.ingestion.revoked([0]);
    expect(await world.ingestion.deliver([deliveryOf(traffic({ from: 0, to: MINUTE }))])).toEqual([false]);
    await world.assign();
    expect(world.ledger("s").received).toBe(0);
  });

  it("is not durable where somebody else has taken the task meanwhile, and is taken in again afterwards", async () => {
    const world = await worldOf({ fitted, hasGroup: true });
    const delivery = deliveryOf(traffic({ from: 0, to: 5 * MINUTE }));
    await world.store.claim({ group: "s", partition: 0 });
    expect(await world.ingestion.deliver([delivery])).toEqual([false]);
    await world.assign();
    await world.assign();
    expect(await world.ingestion.deliver([delivery])).toEqual([true]);
    expect(world.ledger("s")).toMatchObject({ received: 10, measured: 10 });
  });
});
