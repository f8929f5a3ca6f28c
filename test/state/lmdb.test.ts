import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll } from "vitest";
import { systemClock } from "../../src/runtime/clock.ts";
import { openLmdbStore } from "../../src/state/lmdb.ts";
import type { Store } from "../../src/state/store.ts";
import { describeEntries } from "./contract-entries.ts";
import { describeStore } from "./contract.ts";

let root: string;
let opened = 0;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "driftd-lmdb-"));
});
afterAll(async () => {
  await rm(root, { recursive: true });
});

function open(): Promise<Store> {
  opened += 1;
  return openLmdbStore({ path: join(root, String(opened)), clock: systemClock });
}

describeStore("lmdb", open);
describeEntries("lmdb", open);
