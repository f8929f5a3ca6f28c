import { randomUUID } from "node:crypto";
import { judgeCommit } from "./fence.ts";
import type { RedisConnection } from "./redis-connection.ts";
import { PUT_ENTRIES, entriesOf } from "./redis-entries.ts";
import { applyPlan, deleteBuckets, planEntries, readIndexes } from "./redis-indexes.ts";
import type { EntriesPlan, TaskIndexes } from "./redis-indexes.ts";
import { generationsKey, readTaskMember, taskKey, taskMember, taskRoom, tasksKey } from "./redis-keys.ts";
import { PUT_PANES, panesOf } from "./redis-panes.ts";
import { bufferOf, createScript, listOf, scriptCommand, textOf } from "./redis-scripts.ts";
import type { RedisCommand } from "./redis-scripts.ts";
import { unsealAnswer } from "./redis-sealed.ts";
import { placeOf, seal } from "./sealed.ts";
import type { CommitOutcome, StoredTask, TaskCommit, TaskId } from "./store.ts";

/**
 * KEYS task; ARGV id of the claim. The version, and the state where there is one. A claim that was sent twice counts once, even where
 * commits have come in between.
 */
const CLAIM = createScript(`
local held = redis.call("HMGET", KEYS[1], "version", "claim", "state")
local version = tonumber(held[1] or "0")
if held[2] ~= ARGV[1] then
  version = version + 1
  redis.call("HSET", KEYS[1], "version", string.format("%.0f", version), "id", ARGV[1], "claim", ARGV[1])
end
return { version, held[3] }
`);

/**
 * KEYS task, generations, layouts, panes, entries; ARGV expected version, expected id ("" for any), commit id, state, stamp of the
 * generations ("-" where no entries come), panes, entries. All that may refuse comes before all that writes: Redis takes
 * nothing back.
 */
const COMMIT = createScript(`${PUT_PANES}${PUT_ENTRIES}
local held = redis.call("HMGET", KEYS[1], "version", "id")
local version, id = tonumber(held[1] or "0"), held[2] or ""
if version ~= tonumber(ARGV[1]) or (ARGV[2] ~= "" and id ~= ARGV[2]) then return { "held", version, id } end
local hasEntries = ARGV[5] ~= "-"
if hasEntries and (redis.call("HGET", KEYS[2], "stamp") or "") ~= ARGV[5] then return { "changed" } end
redis.call("HSET", KEYS[1], "version", string.format("%.0f", version + 1), "id", ARGV[3], "state", ARGV[4])
local key, at = putPanes(KEYS[3], 4, 6)
local counts = {}
if hasEntries then counts = putEntries(KEYS[2], key, at, ARGV[3]) end
return { "written", counts }
`);

export const TASK_SCRIPTS = [CLAIM, COMMIT];

/** The tasks of a store, with what is known of their indexes. */
export interface RedisTasks {
  claim(task: TaskId): Promise<{ version: number; id: string; state?: Uint8Array }>;
  commit(commit: TaskCommit): Promise<CommitOutcome>;
  readAll(group: string): Promise<readonly StoredTask[]>;
  /** Every task that was ever claimed. */
  list(): Promise<readonly TaskId[]>;
  /** What the indexes of a task hold; read anew where the last answer turned out to be out of date. */
  indexesOf(task: TaskId, isOutdated?: boolean): Promise<TaskIndexes>;
}

export function createTasks(
  connection: RedisConnection,
  {
    prefix,
    now,
    most,
    onDropped,
  }: {
    readonly prefix: string;
    readonly now: () => number;
    /** Entries that an index holds at most. */
    readonly most: number;
    /** Entries were given up, since there was no room for more. */
    readonly onDropped: (index: string, count: number) => void;
  },
): RedisTasks {
  const known = new Map<string, TaskIndexes>();
  const read = new Map<string, StoredTask>();
  /** Every task that there was when it was last looked. */
  let listed: readonly TaskId[] = [];
  /** Of our own last claim or commit of each task. */
  const own = new Map<string, string>();

  async function indexesOf(task: TaskId, isOutdated = false): Promise<TaskIndexes> {
    const member = taskMember(task);
    const there = known.get(member);
    if (there !== undefined && !isOutdated) return there;
    const indexes = await readIndexes(connection, taskRoom(prefix, task), there?.filters);
    known.set(member, indexes);
    return indexes;
  }

  async function claim(task: TaskId): Promise<{ version: number; id: string; state?: Uint8Array }> {
    const member = taskMember(task);
    known.delete(member);
    const id = randomUUID();
    const [, answer] = await connection.run([
      ["SADD", tasksKey(prefix), member],
      scriptCommand(CLAIM, [taskKey(taskRoom(prefix, task))], [id]),
    ]);
    const [version, sealed] = listOf(answer, "a claim");
    const state = stateOf(task, sealed);
    own.set(member, id);
    return { version: Number(version), id, ...(state && { state }) };
  }

  async function commit(commit: TaskCommit): Promise<CommitOutcome> {
    const { task, expected, expectedId = "", commitId, state, entries } = commit;
    const room = taskRoom(prefix, task);
    const panes = panesOf(room, commit.panes);
    const [layouts, ...paneKeys] = panes.keys;
    const sealed = bufferOf(seal(state, placeOfState(task)));
    const hasEntries = entries.some(({ count }) => count > 0);
    for (let isOutdated = false; ; isOutdated = true) {
      const indexes = hasEntries ? await indexesOf(task, isOutdated) : undefined;
      const plan = indexes && planEntries(indexes, entries, { now: now(), most });
      const packed = plan && entriesOf(room, plan);
      const keys = [taskKey(room), generationsKey(room), layouts, ...paneKeys, ...(packed?.keys ?? [])];
      const args = [expected, expectedId, commitId, sealed, indexes?.stamp ?? "-"];
      const [answer] = await connection.run([
        scriptCommand(COMMIT, keys, [...args, ...panes.args, ...(packed?.args ?? [])]),
      ]);
      const [status, first, second] = listOf(answer, "a commit");
      const outcome = textOf(status, "a commit");
      if (outcome === "changed") continue;
      if (outcome === "held") return answerHeld(commit, Number(first), textOf(second, "a commit"));
      own.set(taskMember(task), commitId);
      if (indexes && plan) {
        const counts = listOf(first, "a commit").map(Number);
        await settle(task, plan, applyPlan(indexes, plan, { stamp: commitId, counts }));
      }
      return { status: "committed", version: expected + 1 };
    }
  }

  function answerHeld(commit: TaskCommit, version: number, commitId: string): CommitOutcome {
    // What the first attempt made of the indexes is not known.
    known.delete(taskMember(commit.task));
    const fence = judgeCommit(commit, { version, commitId: commitId === "" ? undefined : commitId });
    if (fence.write) throw new Error(`the commit of version ${version} was refused and would be taken`);
    return fence.answer;
  }

  async function settle(task: TaskId, plan: EntriesPlan, indexes: TaskIndexes): Promise<void> {
    known.set(taskMember(task), indexes);
    for (const { index, count } of plan.dropped) onDropped(index, count);
    await deleteBuckets(connection, taskRoom(prefix, task), plan.dropped);
  }

  function noteMembers(members: unknown): readonly TaskId[] {
    listed = listOf(members, "tasks").map((member) => readTaskMember(textOf(member, "a task")));
    return listed;
  }

  async function list(): Promise<readonly TaskId[]> {
    const [members] = await connection.run([["SMEMBERS", tasksKey(prefix)]]);
    return noteMembers(members);
  }

  /** Version and id of each task of a group: in one round trip, where none was added since the last time. */
  async function readHeads(group: string): Promise<{ readonly task: TaskId; readonly head: unknown }[]> {
    const ask = (task: TaskId): RedisCommand => ["HMGET", taskKey(taskRoom(prefix, task)), "version", "id"];
    const before = listed.filter((task) => task.group === group);
    const [members, ...replies] = await connection.run([["SMEMBERS", tasksKey(prefix)], ...before.map(ask)]);
    const heads = new Map(before.map((task, i) => [taskMember(task), replies[i]]));
    const tasks = noteMembers(members).filter((task) => task.group === group);
    const added = tasks.filter((task) => !heads.has(taskMember(task)));
    for (const [i, head] of (await connection.run(added.map(ask))).entries())
      heads.set(taskMember(added[i]), head);
    return tasks.map((task) => ({ task, head: heads.get(taskMember(task)) }));
  }

  async function readAll(group: string): Promise<readonly StoredTask[]> {
    const tasks = await readHeads(group);
    const changed = tasks.flatMap(({ task, head }) => {
      const [version, id] = listOf(head, "a task");
      const last = read.get(taskMember(task));
      const isSame = id !== null && last?.id === textOf(id, "a task") && last.version === Number(version);
      return isSame ? [] : [task];
    });
    const rows = await connection.run(
      changed.map((task) => ["HMGET", taskKey(taskRoom(prefix, task)), "version", "id", "state"]),
    );
    for (const [i, row] of rows.entries()) {
      const [version, id, sealed] = listOf(row, "a task");
      const task = changed[i];
      const state = stateOf(task, sealed);
      const member = taskMember(task);
      if (state === undefined) read.delete(member);
      else read.set(member, { task, version: Number(version), id: textOf(id, "a task"), state });
      // Another owns it: what is known of its indexes would only take up memory.
      if (read.get(member)?.id !== own.get(member)) known.delete(member);
    }
    return tasks
      .flatMap(({ task }) => read.get(taskMember(task)) ?? [])
      .toSorted((a, b) => a.task.partition - b.task.partition);
  }

  function placeOfState(task: TaskId): number {
    return placeOf(taskKey(taskRoom(prefix, task)), "state");
  }

  function stateOf(task: TaskId, sealed: unknown): Uint8Array | undefined {
    if (sealed === null || sealed === undefined) return undefined;
    return unsealAnswer(sealed, { what: "the state of a task", place: placeOfState(task) });
  }

  return { claim, commit, readAll, list, indexesOf };
}
