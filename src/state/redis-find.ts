import type { EntryBlock, FoundEntries, IdList } from "../join/entries.ts";
import { mayHold } from "./bloom.ts";
import { ID_BYTES, filledBuckets, orderByBucket, readId, writeId } from "./redis-buckets.ts";
import type { RedisConnection } from "./redis-connection.ts";
import { readFields } from "./redis-entry.ts";
import { bucketsOf } from "./redis-generations.ts";
import type { Generation } from "./redis-generations.ts";
import { generationsOf } from "./redis-indexes.ts";
import type { TaskIndexes } from "./redis-indexes.ts";
import { bucketKey, generationsKey } from "./redis-keys.ts";
import type { Room } from "./redis-keys.ts";
import { createScript, listOf, pairsOf, scriptCommand, textOf } from "./redis-scripts.ts";
import type { RedisCommand } from "./redis-scripts.ts";

/**
 * KEYS generations, buckets; ARGV stamp, number of ids of each bucket, all ids. For each id in order whether it was found, then
 * the fields of those that were; nothing where the generations are no longer those of the stamp.
 */
const FIND = createScript(`
if (redis.call("HGET", KEYS[1], "stamp") or "") ~= ARGV[1] then return false end
local byte, sub = string.byte, string.sub
local counts, ids = ARGV[2], ARGV[3]
local flags, values, at, asked, found = {}, {}, 1, 0, 0
for key = 2, #KEYS do
  local a, b, c, d = byte(counts, 4 * key - 7, 4 * key - 4)
  local left = a + 256 * (b + 256 * (c + 256 * d))
  while left > 0 do
    local some = {}
    for i = 1, math.min(left, 1000) do
      some[i] = sub(ids, at, at + 7)
      at = at + 8
    end
    left = left - #some
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

export const FIND_SCRIPTS = [FIND];

/** Ids that one script looks up: others have their turn in between. */
const IDS_AT_ONCE = 4096;

interface Question {
  readonly command: RedisCommand;
  /** Positions of the ids, as they are asked. */
  readonly positions: Uint32Array;
}

/**
 * Looks ids up in all generations at once, the youngest first, but for those that the filters rule out; undefined where
 * `indexes` is out of date.
 */
export async function findEntries(
  connection: RedisConnection,
  { room, indexes }: { readonly room: Room; readonly indexes: TaskIndexes },
  { index, ids }: { readonly index: string; readonly ids: IdList },
): Promise<FoundEntries | undefined> {
  const { stamp, filters } = indexes;
  const generations = generationsOf(indexes, index).toReversed();
  const width = generations[0]?.width ?? 0;
  const answer = { found: new Uint8Array(ids.count), fields: new Float64Array(ids.count * width), width };
  if (generations.length === 0) {
    const [current] = await connection.run([["HGET", generationsKey(room), "stamp"]]);
    return stamp === (current === null ? "" : textOf(current, "a stamp")) ? answer : undefined;
  }
  const asked = generations.flatMap((generation) => {
    const positions = positionsIn(filters.get(generation.number), ids);
    return Array.from({ length: Math.ceil(positions.length / IDS_AT_ONCE) }, (_, i) =>
      ask({ room, stamp, generation }, ids, positions.subarray(i * IDS_AT_ONCE, (i + 1) * IDS_AT_ONCE)),
    );
  });
  const replies = await connection.run(asked.map(({ command }) => command));
  for (const [i, reply] of replies.entries()) {
    if (reply === null) return undefined;
    takeFound(reply, asked[i].positions, answer);
  }
  return answer;
}

/** Positions of the ids that a generation with this filter may hold; all, where there is no filter. */
function positionsIn(filter: Uint32Array | undefined, { high, low, count }: IdList): Uint32Array {
  const positions = new Uint32Array(count);
  let size = 0;
  for (let i = 0; i < count; i += 1) {
    if (filter !== undefined && !mayHold(filter, high[i], low[i])) continue;
    positions[size] = i;
    size += 1;
  }
  return positions.subarray(0, size);
}

function ask(
  {
    room,
    stamp,
    generation,
  }: { readonly room: Room; readonly stamp: string; readonly generation: Generation },
  ids: IdList,
  asked: Uint32Array,
): Question {
  const low = asked.map((position) => ids.low[position]);
  const buckets = orderByBucket({ low, count: low.length }, bucketsOf(generation));
  const positions = buckets.order.map((i) => asked[i]);
  const packed = Buffer.allocUnsafe(asked.length * ID_BYTES);
  const view = new DataView(packed.buffer, packed.byteOffset, packed.length);
  for (const [i, position] of positions.entries()) {
    writeId(view, i * ID_BYTES, { high: ids.high[position], low: ids.low[position] });
  }
  const { numbers, counts } = filledBuckets(buckets);
  const keys = numbers.map((bucket) => bucketKey(room, generation.number, bucket));
  return {
    command: scriptCommand(FIND, [generationsKey(room), ...keys], [stamp, counts, packed]),
    positions,
  };
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
    const { high, low } = readId(new DataView(id.buffer, id.byteOffset, ID_BYTES), 0);
    block.high[i] = high;
    block.low[i] = low;
    const view = new DataView(value.buffer, value.byteOffset, value.length);
    readFields({ bytes: value, view, offset: 0 }, { fields: block.fields, at: i * width, width });
  }
  return block;
}
