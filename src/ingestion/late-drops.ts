import { setImmediate as breathe } from "node:timers/promises";
import { findNewOrphans, findStoredOrphans, type OrphanSearch } from "../join/orphans.ts";
import type { Quarantine } from "../publish/quarantine.ts";
import type { Store, TaskId } from "../state/store.ts";
import type { LateDrop, LateNumber } from "../window/late-drop.ts";
import type { ModelJoin } from "../window/model-join.ts";
import type { Task } from "../window/task.ts";

/** Entries that one search looks at: about a second's work, once in a pane. */
const MOST_LOOKED_AT = 1_048_576;

const SIDE_OF = { "orphan-input": "input", "orphan-output": "output" } as const;

interface Owned {
  readonly id: TaskId;
  readonly task: Task;
}

/** Tells the quarantine of the rows that waited, and are dropped now; before they are committed. */
export async function tellLate(
  to: {
    readonly quarantine?: Pick<Quarantine, "addLate" | "room">;
    readonly store: Pick<Store, "find" | "list">;
  },
  owned: Owned,
): Promise<void> {
  const { quarantine, store } = to;
  const drops = owned.task.lateDrops.splice(0);
  if (quarantine === undefined || drops.length === 0) return;
  const room = (stream: string): number => quarantine.room(stream);
  quarantine.addLate(owned.id.partition, await placeOrphans({ ...owned, store, room }, drops));
}

interface Given extends Owned {
  readonly store: Pick<Store, "find" | "list">;
  /** How many of a stream's are worth to be told one by one. */
  readonly room: (stream: string) => number;
}

/**
 * The same drops, with the halves that were given up one by one where their places can be found: in what was taken since the last
 * commit, which must be still to come, and in the store. The others stay a number.
 */
async function placeOrphans(given: Given, drops: readonly LateDrop[]): Promise<readonly LateDrop[]> {
  const placed: LateDrop[] = [];
  const numbers = new Map<string, LateNumber[]>();
  for (const drop of drops) {
    if (drop.offset !== undefined) placed.push(drop);
    else {
      const key = `${drop.model}/${drop.reason}`;
      numbers.set(key, [...(numbers.get(key) ?? []), drop]);
    }
  }
  for (const group of numbers.values()) placed.push(...(await placeGroup(given, group)));
  return placed;
}

/** @param group numbers of one model and reason, by pane */
async function placeGroup(given: Given, group: readonly LateNumber[]): Promise<readonly LateDrop[]> {
  const [{ stream, model = "", reason }] = group;
  const join = given.task.models.get(model)?.join;
  const most = given.room(stream);
  if ((reason !== "orphan-input" && reason !== "orphan-output") || join === undefined || most <= 0)
    return group;
  const { pane } = join.open;
  const startOf = (time: number): number => Math.floor(time / pane) * pane;
  const starts = new Set(group.map(({ recordTime }) => recordTime));
  const count = group.reduce((sum, one) => sum + one.count, 0);
  const search: OrphanSearch = {
    side: SIDE_OF[reason],
    isGone: (time) => starts.has(startOf(time)),
    most: Math.min(most, count),
    found: [],
  };
  findNewOrphans(join.halves.meetings, search);
  if (search.found.length < search.most) {
    // Runs are kept for the age of the newest half in them, and a pane.
    const since = Math.min(...starts) + join.plan.age + pane;
    await searchStore(given, join, { search, since });
  }
  const inOrder = search.found.toSorted((a, b) => a.offset - b.offset || a.row - b.row);
  return [
    ...inOrder.map(({ offset, row, recordTime }) => ({ stream, model, reason, offset, row, recordTime })),
    ...restOf(
      group,
      search.found.map(({ time }) => startOf(time)),
    ),
  ];
}

async function searchStore(
  { store, id }: Given,
  join: ModelJoin,
  { search, since }: { readonly search: OrphanSearch; readonly since: number },
): Promise<void> {
  const { meetings } = join.halves;
  let left = MOST_LOOKED_AT;
  for await (const block of store.list(id, meetings.index(search.side), since)) {
    const stored = await store.find(id, meetings.index("meetings"), block);
    findStoredOrphans(meetings, search, { block, stored });
    left -= block.count;
    if (search.found.length >= search.most || left <= 0) return;
    await breathe();
  }
}

/** How many of each pane were not found. */
function restOf(group: readonly LateNumber[], found: readonly number[]): LateNumber[] {
  return group.flatMap((one) => {
    const count = one.count - found.filter((start) => start === one.recordTime).length;
    return count > 0 ? [{ ...one, count }] : [];
  });
}
