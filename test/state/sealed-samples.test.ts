import { expect, test } from "vitest";
import { packBytes } from "../../src/counts/packed.ts";
import { deriveKeys } from "../../src/event/ids.ts";
import { createMemoryStore } from "../../src/state/memory.ts";
import { sealSamples } from "../../src/state/sealed-samples.ts";
import { unpackSampled } from "../../src/window/sampled-rows.ts";
import type { Store } from "../../src/state/store.ts";

const ALL = { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY };
const LAYOUT = `m/sample/${"a".repeat(16)}`;
const RECORD = `learning/m/${"a".repeat(16)}`;
const SECRET = "somebody-42";
const [KEY, OTHER] = ["one secret of many", "another of them"].map(
  (text) => deriveKeys(new TextEncoder().encode(text)).sample,
);

function packed(text: string): Uint8Array {
  return packBytes(new TextEncoder().encode(JSON.stringify({ rows: [text] })));
}

async function fill(store: Store): Promise<void> {
  const task = { group: "s", partition: 0 };
  const { version } = await store.claim(task);
  const pane = { version: "", segment: "all", start: 60_000, packed: packed(SECRET) };
  const panes = [LAYOUT, "m/reviews"].map((layout) => ({ ...pane, layout }));
  await store.commit({
    task,
    expected: version,
    commitId: "c",
    state: new Uint8Array(1),
    panes,
    entries: [],
  });
  await store.writeJudgement(
    new Map([
      [RECORD, packed(SECRET)],
      ["outbox", packed(SECRET)],
    ]),
  );
}

const textOf = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString("latin1");

test("rows of a sample are read as they were written, and stand in the store under the key", async () => {
  const inner = createMemoryStore();
  const store = sealSamples(inner, KEY);
  await fill(store);
  for (const layout of [LAYOUT, "m/reviews"])
    expect((await store.readPanes({ layout, ...ALL })).map((pane) => pane.packed)).toEqual([packed(SECRET)]);
  expect((await store.readJudgement()).get(RECORD)).toEqual(packed(SECRET));
  const [kept] = await inner.readPanes({ layout: LAYOUT, ...ALL });
  expect(textOf(kept.packed)).not.toContain(SECRET);
  expect(textOf((await inner.readJudgement()).get(RECORD))).not.toContain(SECRET);
  // All else is as it was.
  const [review] = await inner.readPanes({ layout: "m/reviews", ...ALL });
  expect(textOf(review.packed)).toContain(SECRET);
  await store.writeJudgement(new Map([[RECORD, null]]));
  expect((await inner.readJudgement()).has(RECORD)).toBe(false);
});

test("another key is refused, and says what to do; what a daemon without a key wrote is read", async () => {
  const inner = createMemoryStore();
  await fill(inner);
  const store = sealSamples(inner, KEY);
  expect((await store.readJudgement([RECORD])).get(RECORD)).toEqual(packed(SECRET));
  await fill(store);
  const others = sealSamples(inner, OTHER);
  const [pane] = await others.readPanes({ layout: LAYOUT, ...ALL });
  expect(textOf(pane.packed)).not.toContain(SECRET);
  expect(() => unpackSampled(pane.packed)).toThrow("sealed under another privacy.keyFile");
  // What nobody wants to read any more can still be deleted.
  expect((await others.readJudgement()).has(RECORD)).toBe(true);
});
