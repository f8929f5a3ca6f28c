import type { EntryBlock, FoundEntries, IdList, IndexEntries } from "../join/entries.ts";
import type { RedisConnection } from "./redis-connection.ts";
import { mostBytes, readFields, writeFields } from "./redis-entry.ts";
import { bucketsOf } from "./redis-generations.ts";
import type { Generation } from "./redis-generations.ts";
import { generationsOf, writeGeneration } from "./redis-indexes.ts";
import type { EntriesPlan, TaskIndexes } from "./redis-indexes.ts";
import { bucketKey, generationsKey } from "./redis-keys.ts";
import type { Room } from "./redis-keys.ts";
import { createScript, listOf, pairsOf, scriptCommand, textOf } from "./redis-scripts.ts";
import type { Argument, RedisCommand } from "./redis-scripts.ts";

const ID_BYTES = 8;
/** Before an entry's fields: how many bytes they take, then the id. */
const HEAD_BYTES = 2 + ID_BYTES;

/**
 * Lua: putEntries(generations, key, at, stamp) writes entries as entriesOf lists them, and answers how many entries each
 * generation then holds.
 */
export const PUT_ENTRIES = `
local function putBucket(key, blob)
  local byte, sub = string.byte, string.sub
  local some, n, added = {}, 0, 0
  local at, size = 1, #blob
  while at <= size do
    local low, high = byte(blob, at, at + 1)
    local last = at + 9 + low + 256 * high
    some[n + 1] = sub(blob, at + 2, at + 9)
    some[n + 2] = sub(blob, at + 10, last)
    n = n + 2
    at = last + 1
    if n == 1000 or at > size then
      added = added + redis.call("HSET", key, unpack(some, 1, n))
      n = 0
    end
  end
  return added
end

local function putEntries(generations, key, at, stamp)
  local isChange, next, dropped = ARGV[at] == "1", ARGV[at + 1], tonumber(ARGV[at + 2])
  at = at + 3
  for i = 1, dropped do
    redis.call("HDEL", generations, "g:" .. ARGV[at], "c:" .. ARGV[at])
    redis.call("HSET", generations, "d:" .. ARGV[at], ARGV[at + 1])
    at = at + 2
  end
  if isChange then redis.call("HSET", generations, "next", next, "stamp", stamp) end
  local counts = {}
  while at <= #ARGV do
    local number, buckets, added = ARGV[at], tonumber(ARGV[at + 2]), 0
    redis.call("HSET", generations, "g:" .. number, ARGV[at + 1])
    for i = 1, buckets do added = added + putBucket(KEYS[key + i - 1], ARGV[at + 2 + i]) end
    counts[#counts + 1] = redis.call("HINCRBY", generations, "c:" .. number, added)
    key = key + buckets
    at = at + 3 + buckets
  end
  return counts
end
`;

/** Keys and arguments as putEntries takes them. */
export function entriesOf(
  room: Room,
  { placed, dropped, isChange, next }: EntriesPlan,
): { readonly keys: string[]; readonly args: Argument[] } {
  const keys: string[] = [];
  const args: Argument[] = [isChange ? 1 : 0, next, dropped.length];
  for (const { number, bits } of dropped) args.push(number, bits);
  for (const { entries, into } of placed) {
    const { order, starts } = orderByBucket(entries, bucketsOf(into));
    const blobs = packBuckets(entries, { order, starts });
    args.push(into.number, writeGeneration(into), blobs.size);
    for (const [bucket, blob] of blobs) {
      keys.push(bucketKey(room, into.number, bucket));
      args.push(blob);
    }
  }
  return { keys, args };
}

interface Buckets {
  /** Positions, bucket after bucket; within one as they came. */
  readonly order: Uint32Array;
  /** Where each bucket begins in `order`, and one more where the last ends. */
  readonly starts: Uint32Array;
}

/** Ids are keyed hashes, so their low bits spread them evenly. */
function orderByBucket({ low, count }: IdList, buckets: number): Buckets {
  const mask = buckets - 1;
  const starts = new Uint32Array(buckets + 1);
  for (let i = 0; i < count; i += 1) starts[(low[i] & mask) + 1] += 1;
  for (let bucket = 0; bucket < buckets; bucket += 1) starts[bucket + 1] += starts[bucket];
  const next = starts.slice();
  const order = new Uint32Array(count);
  for (let i = 0; i < count; i += 1) {
    const bucket = low[i] & mask;
    order[next[bucket]] = i;
    next[bucket] += 1;
  }
  return { order, starts };
}

/** The entries of each bucket that has any. */
function packBuckets(
  { high, low, fields, width, count }: IndexEntries,
  { order, starts }: Buckets,
): Map<number, Buffer> {
  const bytes = Buffer.allocUnsafe(count * (HEAD_BYTES + mostBytes(width)));
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const blobs = new Map<number, Buffer>();
  let end = 0;
  for (let bucket = 0; bucket + 1 < starts.length; bucket += 1) {
    const start = end;
    for (let i = starts[bucket]; i < starts[bucket + 1]; i += 1) {
      const entry = order[i];
      const offset = end + HEAD_BYTES;
      view.setUint32(end + 2, high[entry], true);
      view.setUint32(end + 6, low[entry], true);
      const last = writeFields({ bytes, view, offset }, { fields, at: entry * width, width });
      view.setUint16(end, last - offset, true);
      end = last;
    }
    if (end > start) blobs.set(bucket, bytes.subarray(start, end));
  }
  return blobs;
}

/**
 * KEYS generations, buckets; ARGV stamp, ids of each bucket. For each id in order whether it was found, then the fields of those
 * that were; nothing where the generations are no longer those of the stamp.
 */
const FIND = createScript(`
if (redis.call("HGET", KEYS[1], "stamp") or "") ~= ARGV[1] then return false end
local flags, values, asked, found = {}, {}, 0, 0
for key = 2, #KEYS do
  local ids = ARGV[key]
  for first = 1, #ids, 4000 do
    local some = {}
    for at = first, math.min(first + 3999, #ids), 8 do some[#some + 1] = string.sub(ids, at, at + 7) end
    for _, value in ipairs(redis.call("HMGET", KEYS[key], unpack(some))) do
      asked = asked + 1
      if value then
        found = found + 1
        values[found] = value
        flags[asked] = "1"
      else
        flags[asked] = "0"
      end
    end
  end
end
return { table.concat(flags), table.concat(values) }
`);

export const ENTRY_SCRIPTS = [FIND];

/** Ids that one script looks up: others have their turn in between. */
const IDS_AT_ONCE = 4096;

interface Question {
  readonly command: RedisCommand;
  /** Positions of the ids, as they are asked. */
  readonly positions: Uint32Array;
}

/** Looks ids up in all generations at once, the youngest first; undefined where `indexes` is out of date. */
export async function findEntries(
  connection: RedisConnection,
  { room, indexes }: { readonly room: Room; readonly indexes: TaskIndexes },
  { index, ids }: { readonly index: string; readonly ids: IdList },
): Promise<FoundEntries | undefined> {
  const generations = generationsOf(indexes, index).toReversed();
  const width = generations[0]?.width ?? 0;
  const answer = { found: new Uint8Array(ids.count), fields: new Float64Array(ids.count * width), width };
  const asked = generations.flatMap((generation) => ask({ room, stamp: indexes.stamp }, generation, ids));
  if (asked.length === 0) {
    const [stamp] = await connection.run([["HGET", generationsKey(room), "stamp"]]);
    const isCurrent = indexes.stamp === (stamp === null ? "" : textOf(stamp, "a stamp"));
    return isCurrent ? answer : undefined;
  }
  const replies = await connection.run(asked.map(({ command }) => command));
  for (const [i, reply] of replies.entries()) {
    if (reply === null) return undefined;
    takeFound(reply, asked[i].positions, answer);
  }
  return answer;
}

function ask(
  { room, stamp }: { readonly room: Room; readonly stamp: string },
  generation: Generation,
  ids: IdList,
): Question[] {
  const { order, starts } = orderByBucket(ids, bucketsOf(generation));
  const packed = Buffer.allocUnsafe(ids.count * ID_BYTES);
  for (const [i, position] of order.entries()) {
    packed.writeUInt32LE(ids.high[position], i * ID_BYTES);
    packed.writeUInt32LE(ids.low[position], i * ID_BYTES + 4);
  }
  const questions: Question[] = [];
  let keys = [generationsKey(room)];
  let args: Argument[] = [stamp];
  let begin = 0;
  for (let bucket = 0; bucket + 1 < starts.length; bucket += 1) {
    const end = starts[bucket + 1];
    if (end > starts[bucket]) {
      keys.push(bucketKey(room, generation.number, bucket));
      args.push(packed.subarray(starts[bucket] * ID_BYTES, end * ID_BYTES));
    }
    if (end - begin >= IDS_AT_ONCE || (end === ids.count && end > begin)) {
      questions.push({ command: scriptCommand(FIND, keys, args), positions: order.subarray(begin, end) });
      keys = keys.slice(0, 1);
      args = args.slice(0, 1);
      begin = end;
    }
  }
  return questions;
}

const FOUND = "1".charCodeAt(0);

function takeFound(reply: unknown, positions: Uint32Array, { found, fields, width }: FoundEntries): void {
  const [flags, values] = listOf(reply, "entries");
  if (!(flags instanceof Uint8Array) || !(values instanceof Uint8Array)) {
    throw new TypeError("Redis answered no bytes for entries");
  }
  const view = new DataView(values.buffer, values.byteOffset, values.length);
  const hidden = new Float64Array(width);
  let offset = 0;
  for (const [i, position] of positions.entries()) {
    if (flags[i] !== FOUND) continue;
    const isFirst = found[position] === 0;
    const target = isFirst ? { fields, at: position * width, width } : { fields: hidden, at: 0, width };
    offset = readFields({ bytes: values, view, offset }, target);
    found[position] = 1;
  }
}

const BUCKETS_AT_ONCE = 64;

/** All entries of an index that may not have expired by `since`, ms, the oldest first, in blocks. */
export async function* listEntries(
  connection: RedisConnection,
  { room, indexes }: { readonly room: Room; readonly indexes: TaskIndexes },
  { index, since }: { readonly index: string; readonly since: number },
): AsyncGenerator<EntryBlock> {
  for (const generation of generationsOf(indexes, index)) {
    if (generation.latest < since) continue;
    const buckets = bucketsOf(generation);
    for (let first = 0; first < buckets; first += BUCKETS_AT_ONCE) {
      const commands = Array.from(
        { length: Math.min(BUCKETS_AT_ONCE, buckets - first) },
        (_, i): RedisCommand => ["HGETALL", bucketKey(room, generation.number, first + i)],
      );
      const block = readBlock(await connection.run(commands), generation.width);
      if (block.count > 0) yield block;
    }
  }
}

function readBlock(replies: readonly unknown[], width: number): EntryBlock {
  const entries = replies.flatMap((reply) => [...pairsOf(reply, "entries")]);
  const count = entries.length;
  const block = {
    count,
    high: new Uint32Array(count),
    low: new Uint32Array(count),
    fields: new Float64Array(count * width),
    width,
  };
  for (const [i, [id, value]] of entries.entries()) {
    if (!(id instanceof Uint8Array) || !(value instanceof Uint8Array)) {
      throw new TypeError("Redis answered no bytes for entries");
    }
    const idView = new DataView(id.buffer, id.byteOffset, ID_BYTES);
    block.high[i] = idView.getUint32(0, true);
    block.low[i] = idView.getUint32(4, true);
    const view = new DataView(value.buffer, value.byteOffset, value.length);
    readFields({ bytes: value, view, offset: 0 }, { fields: block.fields, at: i * width, width });
  }
  return block;
}
