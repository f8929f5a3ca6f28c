import { randomUUID } from "node:crypto";
import type { EntryBlock, FoundEntries, IdList } from "../join/entries.ts";
import type { Clock } from "../runtime/clock.ts";
import type { Log } from "../runtime/log.ts";
import { readAddress } from "./redis-address.ts";
import { COMMON_SCRIPTS, admitVersions, keepFirst, registerCounting } from "./redis-common.ts";
import { connectRedis } from "./redis-connection.ts";
import type { RedisConnection, Waiting } from "./redis-connection.ts";
import { FIND_SCRIPTS, findEntries, listEntries } from "./redis-find.ts";
import { INDEX_SCRIPTS, expireGenerations } from "./redis-indexes.ts";
import { commonRoom, layoutsKey, taskRoom } from "./redis-keys.ts";
import { LEAD_SCRIPTS, createLead } from "./redis-lead.ts";
import { prunePanes, readPanes } from "./redis-panes.ts";
import type { PaneRoom } from "./redis-panes.ts";
import { listOf, textOf } from "./redis-scripts.ts";
import { awaitWrites, checkServer, memoryOf } from "./redis-server.ts";
import { TASK_SCRIPTS, createTasks } from "./redis-tasks.ts";
import type { RedisTasks } from "./redis-tasks.ts";
import type { Retention, Store, TaskId } from "./store.ts";

/** Entries that an index of a task holds at most, unless told otherwise. */
const MOST_ENTRIES = 5_000_000;

const SCRIPTS = [...TASK_SCRIPTS, ...FIND_SCRIPTS, ...INDEX_SCRIPTS, ...LEAD_SCRIPTS, ...COMMON_SCRIPTS];

/**
 * The store that daemons share, in Redis 6 or later with an append-only file, under keys that begin with driftd:{PREFIX. While
 * Redis is away every method waits until it is back, or until the store is closed. Rejects with CONFIG_INVALID, STATE_FAILED
 * or STATE_UNFIT; no error and no line of the log holds the password.
 */
export async function openRedisStore(
  options: {
    readonly url: string;
    readonly prefix: string;
    readonly clock: Clock;
    readonly log: Log;
    readonly maxPredictions?: number;
  } & Waiting,
): Promise<Store> {
  const { url, prefix, clock, log, maxPredictions: most = MOST_ENTRIES } = options;
  const address = readAddress(url);
  const connection = await connectRedis({ ...options, address, scripts: SCRIPTS });
  try {
    await checkServer(connection, { address: address.text, log });
    if (options.isWritten === true) await awaitWrites(connection, prefix, options);
  } catch (error) {
    await connection.close();
    throw error;
  }
  const tasks = createTasks(connection, {
    prefix,
    most,
    now: () => clock.tick().now,
    onDropped: (index, count) =>
      log.warn(
        { index, count, most },
        "an index is full: its oldest entries were given up before their time",
      ),
  });
  const lead = createLead(connection, prefix);
  const redis: OpenRedis = { connection, prefix, tasks };
  return {
    isShared: true,
    claim: tasks.claim,
    commit: tasks.commit,
    find: (task, index, ids) => find(redis, { task, index, ids }),
    list: (task, index, since) => list(redis, { task, index, since }),
    readPanes: async (range) => readPanes(connection, await paneRooms(redis), range),
    writePanes: lead.writePanes,
    readLayouts: () => readLayouts(redis),
    readTasks: tasks.readAll,
    admitVersions: (model, seen, keep) => admitVersions(connection, prefix, { model, seen, keep }),
    registerCounting: (counting) => registerCounting(connection, prefix, counting),
    keepFirst: (name, value) => keepFirst(connection, prefix, { name, value }),
    takeLead: lead.take,
    giveUpLead: lead.giveUp,
    readJudgement: lead.readJudgement,
    writeJudgement: lead.writeJudgement,
    outage: connection.outage,
    prune: (retention) => prune(redis, retention),
    size: () => memoryOf(connection),
    close: connection.close,
  };
}

interface OpenRedis {
  readonly connection: RedisConnection;
  readonly prefix: string;
  readonly tasks: RedisTasks;
}

async function find(
  { connection, prefix, tasks }: OpenRedis,
  { task, index, ids }: { task: TaskId; index: string; ids: IdList },
): Promise<FoundEntries> {
  const room = taskRoom(prefix, task);
  for (let isOutdated = false; ; isOutdated = true) {
    const indexes = await tasks.indexesOf(task, isOutdated);
    const found = await findEntries(connection, { room, indexes }, { index, ids });
    if (found !== undefined) return found;
  }
}

async function* list(
  { connection, prefix, tasks }: OpenRedis,
  { task, index, since }: { task: TaskId; index: string; since: number },
): AsyncGenerator<EntryBlock> {
  const room = taskRoom(prefix, task);
  const indexes = await tasks.indexesOf(task, true);
  yield* listEntries(connection, { room, indexes }, { index, since });
}

/** Of every task, and of none. */
async function paneRooms({ prefix, tasks }: OpenRedis): Promise<PaneRoom[]> {
  const all = await tasks.list();
  return [{ room: commonRoom(prefix) }, ...all.map((task) => ({ task, room: taskRoom(prefix, task) }))];
}

async function readLayouts(redis: OpenRedis): Promise<readonly string[]> {
  const rooms = await paneRooms(redis);
  const replies = await redis.connection.run(rooms.map(({ room }) => ["SMEMBERS", layoutsKey(room)]));
  const names = replies.flatMap((reply) => listOf(reply, "layouts").map((name) => textOf(name, "a layout")));
  return [...new Set(names)];
}

async function prune(redis: OpenRedis, { panes, expiredBefore: before }: Retention): Promise<void> {
  const rooms = await paneRooms(redis);
  for (const old of panes) await prunePanes(redis.connection, rooms, old);
  for (const { room, task } of rooms) {
    if (task !== undefined) await expireGenerations(redis.connection, room, { before, newStamp: randomUUID });
  }
}
