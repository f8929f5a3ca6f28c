import type { IndexEntries } from "../join/entries.ts";
import { ID_BYTES, filledBuckets, orderByBucket, writeId } from "./redis-buckets.ts";
import { mostBytes, writeFields } from "./redis-entry.ts";
import { bucketsOf } from "./redis-generations.ts";
import { writeGeneration } from "./redis-indexes.ts";
import type { EntriesPlan } from "./redis-indexes.ts";
import { bucketKey } from "./redis-keys.ts";
import type { Room } from "./redis-keys.ts";
import type { Argument } from "./redis-scripts.ts";

/** Before an entry's fields: how many bytes they take, then the id. */
const HEAD_BYTES = 2 + ID_BYTES;

/**
 * Lua: putEntries(generations, key, at, stamp) writes entries as entriesOf lists them, and answers how many entries each
 * generation then holds.
 */
export const PUT_ENTRIES = `
local function putBuckets(key, counts, blob)
  local byte, sub = string.byte, string.sub
  local some, at, added = {}, 1, 0
  for count = 1, #counts, 4 do
    local a, b, c, d = byte(counts, count, count + 3)
    local left, n = a + 256 * (b + 256 * (c + 256 * d)), 0
    while left > 0 do
      local low, high = byte(blob, at, at + 1)
      local last = at + 9 + low + 256 * high
      some[n + 1] = sub(blob, at + 2, at + 9)
      some[n + 2] = sub(blob, at + 10, last)
      n = n + 2
      at = last + 1
      left = left - 1
      if n == 1000 or left == 0 then
        added = added + redis.call("HSET", KEYS[key], unpack(some, 1, n))
        n = 0
      end
    end
    key = key + 1
  end
  return key, added
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
  local counts, added = {}, 0
  while at <= #ARGV do
    local number = ARGV[at]
    redis.call("HSET", generations, "g:" .. number, ARGV[at + 1])
    key, added = putBuckets(key, ARGV[at + 2], ARGV[at + 3])
    counts[#counts + 1] = redis.call("HINCRBY", generations, "c:" .. number, added)
    at = at + 4
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
    const buckets = orderByBucket(entries, bucketsOf(into));
    const filled = filledBuckets(buckets);
    for (const bucket of filled.numbers) keys.push(bucketKey(room, into.number, bucket));
    args.push(into.number, writeGeneration(room, into), filled.counts, packEntries(entries, buckets.order));
  }
  return { keys, args };
}

/** Entry after entry, in that order: what its fields take, its id, its fields. */
function packEntries({ high, low, fields, width, count }: IndexEntries, order: Uint32Array): Buffer {
  const bytes = Buffer.allocUnsafe(count * (HEAD_BYTES + mostBytes(width)));
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let at = 0;
  for (let i = 0; i < count; i += 1) {
    const entry = order[i];
    const offset = at + HEAD_BYTES;
    writeId(view, at + 2, { high: high[entry], low: low[entry] });
    const end = writeFields({ bytes, view, offset }, { fields, at: entry * width, width });
    view.setUint16(at, end - offset, true);
    at = end;
  }
  return bytes.subarray(0, at);
}
