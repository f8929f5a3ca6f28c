import type { IdList, IndexEntries } from "../join/entries.ts";
import { addToBloom, createBloom } from "./bloom.ts";
import type { RedisConnection } from "./redis-connection.ts";
import { capacity, planGeneration } from "./redis-generations.ts";
import type { Generation } from "./redis-generations.ts";
import { bucketKey, generationsKey } from "./redis-keys.ts";
import type { Room } from "./redis-keys.ts";
import { newerInRedis, unsealAnswer } from "./redis-sealed.ts";
import { bufferOf, createScript, pairsOf, scriptCommand, textOf } from "./redis-scripts.ts";
import type { RedisCommand } from "./redis-scripts.ts";
import { placeOf, readJson, seal, writeJson } from "./sealed.ts";

/*
 * Hash of the generations of a task: `stamp`, which changes whenever a generation comes or goes; `next`, the number of the next
 * one; by number, `g:` what it is, sealed, `c:` how many entries it holds, and `d:` the bits of one whose hashes are being deleted.
 */

/** The generations of a task's indexes, as Redis had them under a stamp. */
export interface TaskIndexes {
  readonly stamp: string;
  readonly next: number;
  /** Oldest first. */
  readonly generations: readonly Generation[];
  /** What is still to be deleted. */
  readonly dropped: readonly Pick<Generation, "number" | "bits">[];
  /**
   * Bloom filters, by number, of the generations that came about since this process owns the task: of most ids they know that
   * they are not there. Whoever else has written to one since owns the task, and ours will be told so by its commit.
   */
  readonly filters: ReadonlyMap<number, Uint32Array>;
}

/** @param filters those that are known already */
export async function readIndexes(
  connection: RedisConnection,
  room: Room,
  filters: TaskIndexes["filters"] = new Map(),
): Promise<TaskIndexes> {
  const [answer] = await connection.run([["HGETALL", generationsKey(room)]]);
  const fields = new Map<string, string>();
  const sealed = new Map<number, unknown>();
  for (const [bytes, value] of pairsOf(answer, "generations")) {
    const field = textOf(bytes, "generations");
    if (field.startsWith("g:")) sealed.set(Number(field.slice(2)), value);
    else fields.set(field, textOf(value, "generations"));
  }
  const generations = Array.from(sealed, ([number, value]) =>
    readGeneration(value, { room, number, count: Number(fields.get(`c:${number}`) ?? 0) }),
  );
  const dropped = [...fields].flatMap(([field, bits]) =>
    field.startsWith("d:") ? [{ number: Number(field.slice(2)), bits: Number(bits) }] : [],
  );
  return {
    stamp: fields.get("stamp") ?? "",
    next: Number(fields.get("next") ?? 0),
    generations: generations.toSorted((a, b) => a.number - b.number),
    dropped,
    filters: new Map([...filters].filter(([number]) => sealed.has(number))),
  };
}

/** Numbers how entries are written. */
const FORMAT = 1;

export function writeGeneration(room: Room, generation: Generation): Buffer {
  const { number, index, width, bits, earliest, latest } = generation;
  const written = writeJson({ format: FORMAT, index, width, bits, earliest, latest });
  return bufferOf(seal(written, placeOfGeneration(room, number)));
}

function readGeneration(
  answer: unknown,
  { room, number, count }: Pick<Generation, "number" | "count"> & { readonly room: Room },
): Generation {
  const found = { what: `generation ${number} of entries`, place: placeOfGeneration(room, number) };
  // Written by writeGeneration, and the seal has been checked.
  const { format, ...generation } = readJson(unsealAnswer(answer, found)) as Omit<
    Generation,
    "number" | "count"
  > & { format: number };
  if (format > FORMAT) throw newerInRedis("entries");
  return { ...generation, number, count };
}

function placeOfGeneration(room: Room, number: number): number {
  return placeOf(generationsKey(room), `g:${number}`);
}

export function generationsOf({ generations }: TaskIndexes, index: string): readonly Generation[] {
  return generations.filter((generation) => generation.index === index);
}

/** A batch of entries, and the generation that takes it. */
interface PlacedEntries {
  readonly entries: IndexEntries;
  readonly into: Generation;
  readonly isNew: boolean;
}

/** Where the entries of a commit go, and what that makes of the generations. Throws a RangeError on entries of another width. */
export interface EntriesPlan {
  readonly placed: readonly PlacedEntries[];
  readonly dropped: readonly Generation[];
  /** Whether a generation comes or goes. */
  readonly isChange: boolean;
  readonly next: number;
}

export function planEntries(
  indexes: TaskIndexes,
  batches: readonly IndexEntries[],
  limits: { readonly now: number; readonly most: number },
): EntriesPlan {
  let { next, generations } = indexes;
  const placed: PlacedEntries[] = [];
  const dropped: Generation[] = [];
  for (const entries of batches) {
    if (entries.count === 0) continue;
    const own = generations.filter(({ index }) => index === entries.index);
    const width = own[0]?.width ?? entries.width;
    if (width !== entries.width) {
      throw new RangeError(`index ${entries.index} holds entries of ${width} fields, not ${entries.width}`);
    }
    const plan = planGeneration(own, entries, { ...limits, next });
    if (plan.isNew) next += 1;
    placed.push({ entries, into: plan.into, isNew: plan.isNew });
    dropped.push(...plan.dropped);
    const grown = { ...plan.into, count: plan.into.count + entries.count };
    generations = [
      ...generations.filter((one) => one.number !== grown.number && !plan.dropped.includes(one)),
      grown,
    ].toSorted((a, b) => a.number - b.number);
  }
  return { placed, dropped, isChange: next > indexes.next || dropped.length > 0, next };
}

/** What a commit made of them. `counts` by position in `placed`. */
export function applyPlan(
  indexes: TaskIndexes,
  { placed, dropped, isChange, next }: EntriesPlan,
  { stamp, counts }: { readonly stamp: string; readonly counts: readonly number[] },
): TaskIndexes {
  const byNumber = new Map(indexes.generations.map((generation) => [generation.number, generation]));
  for (const { number } of dropped) byNumber.delete(number);
  const filters = new Map(indexes.filters);
  for (const { number } of dropped) filters.delete(number);
  for (const [i, { entries, into, isNew }] of placed.entries()) {
    const { number, bits } = into;
    byNumber.set(number, { ...into, count: counts[i] });
    if (isNew) filters.set(number, createBloom(capacity(bits)));
    const filter = filters.get(number);
    if (filter !== undefined) addIds(filter, entries);
  }
  return {
    ...indexes,
    stamp: isChange ? stamp : indexes.stamp,
    next,
    generations: [...byNumber.values()].toSorted((a, b) => a.number - b.number),
    filters,
  };
}

function addIds(filter: Uint32Array, { high, low, count }: IdList): void {
  for (let i = 0; i < count; i += 1) addToBloom(filter, high[i], low[i]);
}

/**
 * KEYS generations; ARGV number, what it is known to be, bits, new stamp. Takes a generation away unless entries came in
 * meanwhile. What frees memory comes first: then the rest is done even where memory is full.
 */
const DROP = createScript(`
local number = ARGV[1]
if redis.call("HGET", KEYS[1], "g:" .. number) ~= ARGV[2] then return 0 end
redis.call("HDEL", KEYS[1], "g:" .. number, "c:" .. number)
redis.call("HSET", KEYS[1], "d:" .. number, ARGV[3], "stamp", ARGV[4])
return 1
`);

export const INDEX_SCRIPTS = [DROP];

/** Drops the generations whose entries have all expired before then, ms, and what is left of those dropped earlier. */
export async function expireGenerations(
  connection: RedisConnection,
  room: Room,
  { before, newStamp }: { readonly before: number; readonly newStamp: () => string },
): Promise<void> {
  const { generations, dropped } = await readIndexes(connection, room);
  const gone = [...dropped];
  for (const generation of generations.filter(({ latest }) => latest < before)) {
    const { number, bits } = generation;
    const args = [number, writeGeneration(room, generation), bits, newStamp()];
    const [taken] = await connection.run([scriptCommand(DROP, [generationsKey(room)], args)]);
    if (taken === 1) gone.push({ number, bits });
  }
  await deleteBuckets(connection, room, gone);
}

const KEYS_AT_ONCE = 512;

/** Deletes the hashes of generations that are no longer known. */
export async function deleteBuckets(
  connection: RedisConnection,
  room: Room,
  gone: readonly Pick<Generation, "number" | "bits">[],
): Promise<void> {
  for (const { number, bits } of gone) {
    const buckets = 2 ** bits;
    for (let first = 0; first < buckets; first += KEYS_AT_ONCE) {
      const size = Math.min(KEYS_AT_ONCE, buckets - first);
      const keys = Array.from({ length: size }, (_, i) => bucketKey(room, number, first + i));
      const command: RedisCommand = ["UNLINK", ...keys];
      await connection.run([command]);
    }
    await connection.run([["HDEL", generationsKey(room), `d:${number}`]]);
  }
}
