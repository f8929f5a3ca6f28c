import { beforeAll, describe, expect, it } from "vitest";
import { CodedError } from "../../src/config/coded-error.ts";
import { unpack } from "../../src/counts/packed.ts";
import type { FittedModel } from "../../src/rules/fitted-model.ts";
import { createMemoryStore } from "../../src/state/memory.ts";
import type { Store } from "../../src/state/store.ts";
import { HOUR, modelOf, traffic } from "./fixture.ts";
import { worldOf, type World } from "./world.ts";

let fitted: FittedModel;
beforeAll(() => {
  fitted = modelOf({ rules: "  - { alert: Drift, measure: psi, columns: [amount] }" });
});

const SENT = traffic({ from: 0, to: 4 * HOUR });

/** Reads on from where the store stands, to the end. */
async function finish(store: Store): Promise<World> {
  const world = await worldOf({ fitted, store, commitRows: 50 });
  const from = world.next.get("s/0") ?? 0;
  await world.feed(SENT.slice(from));
  await world.end();
  return world;
}

/** Rows measured, as the panes have them: place 0 of segment `all`. */
async function measuredIn(world: World): Promise<number> {
  const { counting } = fitted;
  const layout = `${counting.model}/${counting.layout.id}`;
  const panes = await world.store.readPanes({ layout, from: -Infinity, to: Infinity });
  return panes
    .filter(({ segment }) => segment === "all")
    .reduce((sum, { packed }) => sum + (unpack(packed)?.[0] ?? 0), 0);
}

describe("a commit whose outcome is not known", () => {
  it.each([
    ["was written", true],
    ["was not written", false],
  ])("and which %s ends the daemon; the next one counts every record once", async (_, isWritten) => {
    const memory = createMemoryStore();
    let commits = 0;
    const store: Store = {
      ...memory,
      async commit(commit) {
        commits += 1;
        if (commits !== 3) return memory.commit(commit);
        if (isWritten) await memory.commit(commit);
        throw new CodedError("STATE_FAILED", "the disk did not answer");
      },
    };
    const world = await worldOf({ fitted, store, commitRows: 50 });
    for (let from = 0; from < SENT.length && world.failure === undefined; from += 25)
      await world.feed(SENT.slice(from, from + 25)).catch(() => undefined);
    expect(world.failure?.message).toBe("the disk did not answer");
    // Nothing more is written by one who does not know where the store stands.
    await world.ingestion.flush(true);
    expect(commits).toBe(3);

    const next = await finish(memory);
    expect(next.ledger("s")).toMatchObject({ received: SENT.length, measured: SENT.length });
    expect(await measuredIn(next)).toBe(SENT.length);
  });
});

describe("a daemon that is told to stop while a commit is under way", () => {
  it("waits for it, commits what came meanwhile, and nothing is counted twice", async () => {
    const memory = createMemoryStore();
    let release = (): void => undefined;
    const slow = new Promise<void>((resolve) => (release = resolve));
    let commits = 0;
    const store: Store = {
      ...memory,
      async commit(commit) {
        commits += 1;
        if (commits === 1) await slow;
        return memory.commit(commit);
      },
    };
    const world = await worldOf({ fitted, store, commitRows: 50 });
    const first = world.feed(SENT.slice(0, 50));
    await expect.poll(() => commits).toBe(1);
    const stopped = world.ingestion.flush(true);
    release();
    await Promise.all([first, stopped]);
    expect(commits).toBe(1);
    await world.feed(SENT.slice(50, 70));
    await world.ingestion.flush(true);
    expect(commits).toBe(2);
    const next = await finish(memory);
    expect(next.ledger("s")).toMatchObject({ received: SENT.length, measured: SENT.length });
    expect(await measuredIn(next)).toBe(SENT.length);
  });
});
