import type { PaneValue } from "../window/pane.ts";
import type { RedisConnection } from "./redis-connection.ts";
import { layoutsKey, paneField, paneKey, readPaneField, startsKey } from "./redis-keys.ts";
import type { Room } from "./redis-keys.ts";
import { bufferOf, listOf, pairsOf, textOf } from "./redis-scripts.ts";
import type { Argument, RedisCommand } from "./redis-scripts.ts";
import { placeCounts } from "./placed-counts.ts";
import { checkedPane, damagedInRedis } from "./redis-sealed.ts";
import { placeOf } from "./sealed.ts";
import type { PaneRange, StoredPane, TaskId } from "./store.ts";

/**
 * Lua: putPanes(layouts, key, at) writes panes as panesOf lists them, in keys and arguments from `key` and `at` on, and answers
 * where the next ones stand.
 */
export const PUT_PANES = `
local function putPanes(layouts, key, at)
  local groups = tonumber(ARGV[at])
  at = at + 1
  for group = 1, groups do
    local last = at + 2 + 2 * tonumber(ARGV[at + 2])
    redis.call("SADD", layouts, ARGV[at])
    redis.call("ZADD", KEYS[key], ARGV[at + 1], ARGV[at + 1])
    for first = at + 3, last, 1000 do
      redis.call("HSET", KEYS[key + 1], unpack(ARGV, first, math.min(first + 999, last)))
    end
    key = key + 2
    at = last + 1
  end
  return key, at
end
`;

/** Keys: layouts; starts and panes of each layout and start. Arguments: how many those are; layout, start, panes, panes' fields and values. */
export function panesOf(
  room: Room,
  panes: readonly PaneValue[],
): { readonly keys: string[]; readonly args: Argument[] } {
  const groups = new Map<string, PaneValue[]>();
  for (const pane of panes) {
    const key = paneKey(room, pane.layout, pane.start);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [pane]);
    else group.push(pane);
  }
  const keys = [layoutsKey(room)];
  const args: Argument[] = [groups.size];
  for (const [key, group] of groups) {
    const { layout, start } = group[0];
    keys.push(startsKey(room, layout), key);
    args.push(layout, start, group.length);
    for (const { version, segment, packed } of group) {
      const field = paneField(version, segment);
      args.push(field, bufferOf(placeCounts(packed, placeOf(key, field))));
    }
  }
  return { keys, args };
}

/** Where panes are kept: those of a task, or of none. */
export interface PaneRoom {
  readonly room: Room;
  readonly task?: TaskId;
}

/** Starts whose panes are asked for at once: what is under way stays small. */
const STARTS_AT_ONCE = 32;

/** All panes of the range, by start. */
export async function readPanes(
  connection: RedisConnection,
  rooms: readonly PaneRoom[],
  { layout, from, to }: PaneRange,
): Promise<StoredPane[]> {
  if (from >= to) return [];
  const found = await connection.run(
    rooms.map(({ room }) => ["ZRANGEBYSCORE", startsKey(room, layout), bound(from), `(${bound(to)}`]),
  );
  const asked = found.flatMap((starts, i) =>
    listOf(starts, "starts").map((member) => {
      const start = Number(textOf(member, "a start"));
      // A start is its own score.
      if (!(start >= from && start < to))
        throw damagedInRedis(`A start of ${layout} is not what was written.`);
      return { ...rooms[i], start };
    }),
  );
  asked.sort((a, b) => a.start - b.start);
  const panes: StoredPane[] = [];
  const what = `panes of ${layout}`;
  for (let first = 0; first < asked.length; first += STARTS_AT_ONCE) {
    const some = asked.slice(first, first + STARTS_AT_ONCE);
    const replies = await connection.run(
      some.map(({ room, start }): RedisCommand => ["HGETALL", paneKey(room, layout, start)]),
    );
    for (const [i, reply] of replies.entries()) {
      const { room, task, start } = some[i];
      const key = paneKey(room, layout, start);
      for (const [bytes, value] of pairsOf(reply, "panes")) {
        const field = textOf(bytes, "a pane");
        const packed = checkedPane(value, { what, place: placeOf(key, field) });
        panes.push({ ...(task && { task }), layout, ...readPaneField(field), start, packed });
      }
    }
  }
  return panes;
}

/** A bound of a range of scores. */
function bound(time: number): string {
  if (time === Number.POSITIVE_INFINITY) return "+inf";
  return time === Number.NEGATIVE_INFINITY ? "-inf" : String(time);
}

/** Deletes whole starts. What a crash leaves over goes the next time. */
export async function prunePanes(
  connection: RedisConnection,
  rooms: readonly PaneRoom[],
  { layout, before }: { readonly layout: string; readonly before: number },
): Promise<void> {
  const found = await connection.run(
    rooms.map(({ room }) => ["ZRANGEBYSCORE", startsKey(room, layout), "-inf", `(${bound(before)}`]),
  );
  const commands = found.flatMap((answer, i) => {
    const { room } = rooms[i];
    return listOf(answer, "starts").flatMap((member): RedisCommand[] => {
      const start = textOf(member, "a start");
      // The panes first: a start without panes does no harm, panes without a start would stay for ever.
      return [
        ["UNLINK", paneKey(room, layout, start)],
        ["ZREM", startsKey(room, layout), start],
      ];
    });
  });
  for (let first = 0; first < commands.length; first += 2 * STARTS_AT_ONCE) {
    await connection.run(commands.slice(first, first + 2 * STARTS_AT_ONCE));
  }
}
