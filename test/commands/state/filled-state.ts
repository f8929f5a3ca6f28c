import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll } from "vitest";
import { systemClock } from "../../../src/runtime/clock.ts";
import { openLmdbStore } from "../../../src/state/lmdb.ts";
import type { Store } from "../../../src/state/store.ts";
import { event, HOUR, label, MINUTE, modelOf, random, START, type Sent } from "../../engine/fixture.ts";
import { worldOf } from "../../engine/world.ts";
import { runCommand, type Ended } from "../command-io.ts";

/** Ids that nothing shown may have. */
export const ID = "somebody-";

export const FITTED = modelOf({
  rules: `
  - { alert: Drift, measure: psi, columns: [amount], keepFiringFor: 1h }
  - { review: Unsure, when: { any: [{ scoreBetween: [0.4, 0.6] }] }, atMost: 5 per 1h, to: desk }`,
  head: "window: { size: 10m, pane: 1m, lateness: 1m }\nsegmentBy: [region]\nlabels: { cohort: 1h, matureAfter: 10m, expireAfter: 3h }",
  labels: true,
});

const PARTITIONS = 2;

/** Events in one partition of one hour and a half. */
export const EVENTS = 900;

/** Fills a store with all that a daemon keeps there: tasks, panes, hours, cohorts, predictions, a firing alert. */
export async function fillStore(store: Store): Promise<void> {
  const world = await worldOf({ fitted: FITTED, store, partitions: PARTITIONS, commitRows: 50 });
  const parts = Array.from({ length: PARTITIONS }, (_, partition) => recordsOf(partition));
  for (let from = 0; from < EVENTS; from += 30) {
    for (const [partition, { events, labels }] of parts.entries()) {
      await world.feed(events.slice(from, from + 30), { partition });
      await world.feed(labels.slice(from, from + 30), { stream: "l", partition });
    }
  }
  await world.ingestion.flush(true);
}

async function fillState(path: string): Promise<void> {
  const store = await openLmdbStore({ path, clock: systemClock });
  await fillStore(store);
  await store.close();
}

function recordsOf(partition: number): { events: Sent[]; labels: Sent[] } {
  const next = random(partition + 1);
  const events: Sent[] = [];
  const labels: Sent[] = [];
  for (let i = 0; i < EVENTS; i += 1) {
    const time = START + i * (MINUTE / 10);
    const amount = time < START + HOUR ? Math.floor(next() * 100) : 95;
    const id = `${ID}${partition}-${i}`;
    events.push(event({ id, time, amount, score: next() }));
    // One in ten has no prediction, and waits.
    labels.push(label(i % 10 === 0 ? `${id}-unknown` : id, i % 2, time + MINUTE));
  }
  return { events, labels };
}

export interface StateCopies {
  /** The directory of all. */
  readonly root: string;
  /** A filled state, to be read only. */
  readonly sound: string;
  /** A copy of it, and its file. */
  copy(): { path: string; file: string };
}

/** For the tests of a file: a state that is filled once. */
export function useFilledState(): StateCopies {
  const root = mkdtempSync(join(tmpdir(), "driftd-state-"));
  const sound = join(root, "sound");
  let copies = 0;
  beforeAll(() => fillState(sound));
  afterAll(() => {
    rmSync(root, { recursive: true });
  });
  return {
    root,
    sound,
    copy() {
      copies += 1;
      const path = join(root, String(copies));
      cpSync(sound, path, { recursive: true });
      return { path, file: join(path, "state.mdb") };
    },
  };
}

export function state(
  command: "verify" | "export" | "compact",
  path: string,
  ...flags: string[]
): Promise<Ended> {
  // Where no driftd.yaml is.
  return runCommand(["state", command, path, ...flags], { cwd: path });
}

type Line = Readonly<Record<string, unknown>> & { readonly type: string };

/** The lines of an export but the first, which names the directory. */
export function linesOf({ out }: Ended): Line[] {
  return out
    .trimEnd()
    .split("\n")
    .slice(1)
    .map((line) => JSON.parse(line) as Line);
}
