import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { systemClock } from "../../src/runtime/clock.ts";
import { kindOf } from "../../src/state/lmdb-keys.ts";
import { openRows } from "../../src/state/lmdb-rows.ts";
import type { LmdbRows } from "../../src/state/lmdb-rows.ts";
import { openLmdbStore } from "../../src/state/lmdb.ts";
import { openStateDirectory } from "../../src/state/state-directory.ts";
import { readStateRows } from "../../src/state/state-rows.ts";
import type { Store } from "../../src/state/store.ts";
import { fillWhole, flippedKeys, isRefused, readWhole, untrueIn } from "./whole-store.ts";

interface Row {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
}

const NO_KEY = Buffer.alloc(0);

let root: string;
let sound: string;
let said: Map<string, unknown>;
let stored: readonly Row[];

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "driftd-moved-"));
  sound = join(root, "sound");
  const store = await open(sound);
  await fillWhole(store);
  await store.close();
  said = await readWhole(() => open(copySound()));
  const rows = openRows(join(copySound(), "state.mdb"));
  stored = Array.from(rows.scan(Buffer.from([0]), Buffer.from([0xff])), ({ key, value }) => ({
    key: Buffer.from(key),
    value: Buffer.from(value),
  }));
  await rows.close();
});
afterAll(() => {
  rmSync(root, { recursive: true });
});

function open(path: string): Promise<Store> {
  return openLmdbStore({ path, clock: systemClock });
}

let copies = 0;

function copySound(): string {
  copies += 1;
  const path = join(root, String(copies));
  cpSync(sound, path, { recursive: true });
  return path;
}

/** What is told to be damaged by who looks at the file alone. */
async function damageOf(path: string): Promise<readonly string[]> {
  const told: string[] = [];
  const tell = (damage: string): void => void told.push(damage);
  const { pages, catalogue, close } = await openStateDirectory({ path, clock: systemClock, pid: 1, tell });
  for (const _ of readStateRows(pages, { catalogue, tell, withBlocks: true }));
  await close();
  return told;
}

/** What is told of a copy in which the rows were changed, and what a daemon reads of it. */
async function lookAt(
  change: (rows: LmdbRows) => void,
): Promise<{ told: readonly string[]; read: Map<string, unknown> }> {
  const path = copySound();
  const rows = openRows(join(path, "state.mdb"));
  rows.transact(() => change(rows));
  await rows.close();
  const told = await damageOf(path);
  const read = await readWhole(() => open(path));
  rmSync(path, { recursive: true });
  return { told, read };
}

it("a sound state holds rows of every kind, says all that was written, and nothing is told of it", async () => {
  const kinds = new Set(stored.map(({ key }) => kindOf(key)));
  expect([...kinds].toSorted()).toEqual(
    ["block", "counting", "format", "head", "judgement", "name", "pane", "task", "versions"].toSorted(),
  );
  expect(isRefused(said)).toBe(false);
  expect(said.size).toBe(29);
  expect(await damageOf(copySound())).toEqual([]);
});

describe("a row whose key has another bit", () => {
  it("is told, and never read as the row of something else", async () => {
    const last = stored.filter(({ key }, i) => kindOf(stored[i + 1]?.key ?? NO_KEY) !== kindOf(key));
    for (const { key, value } of last) {
      for (const flipped of flippedKeys(key)) {
        const { told, read } = await lookAt((rows) => {
          rows.remove(key);
          rows.put(flipped, value);
        });
        const name = `${Buffer.from(key).toString("hex")} as ${flipped.toString("hex")}`;
        expect([name, untrueIn(read, said)]).toEqual([name, []]);
        expect([name, told.length]).not.toEqual([name, 0]);
      }
    }
  });
});

describe("a row that is missing", () => {
  it.each([
    ["task", "The state of partition 4 of fraud is missing."],
    ["name", "is missing."],
  ] as const)("is told where nothing else could be right without it: the last %s", async (kind, damage) => {
    const last = stored.findLast(({ key }) => kindOf(key) === kind);
    const { read } = await lookAt((rows) => rows.remove(last?.key ?? NO_KEY));
    const told = [...read].filter(([what]) => what.startsWith("damaged "));
    expect(told.map(([, message]) => message).join("\n")).toContain(damage);
    expect(untrueIn(read, said)).toEqual([]);
  });

  it("is told where it is a name before others, whose number would be given again", async () => {
    const first = stored.find(({ key }) => kindOf(key) === "name");
    const { read } = await lookAt((rows) => rows.remove(first?.key ?? NO_KEY));
    expect(read.get("damaged store")).toContain("1 of its names is missing.");
  });
});

describe("a row that was copied over another one of its kind", () => {
  it("is told, and refused by the daemon that reads it", async () => {
    for (const [i, from] of stored.entries()) {
      const to = stored[i + 1];
      if (to === undefined || kindOf(from.key) !== kindOf(to.key)) continue;
      const { told, read } = await lookAt((rows) => rows.put(to.key, from.value));
      const name = `${Buffer.from(from.key).toString("hex")} over ${Buffer.from(to.key).toString("hex")}`;
      expect([name, untrueIn(read, said)]).toEqual([name, []]);
      expect([name, isRefused(read)]).toEqual([name, true]);
      expect([name, told.length]).not.toEqual([name, 0]);
    }
  });

  it("is told twice where the two have changed places", async () => {
    const panes = stored.filter(({ key }) => kindOf(key) === "pane");
    const [first, second] = panes;
    const { told, read } = await lookAt((rows) => {
      rows.put(first.key, second.value);
      rows.put(second.key, first.value);
    });
    expect(told).toHaveLength(2);
    expect(told[0]).toMatch(/^The counts of \S+ v7 \S+ of 1970-01-01T0\S+.* are not what was written\.$/);
    expect(isRefused(read)).toBe(true);
    expect(untrueIn(read, said)).toEqual([]);
  });
});
