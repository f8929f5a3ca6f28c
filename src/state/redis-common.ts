import { createHash, randomUUID } from "node:crypto";
import { admitInOrder } from "./admission.ts";
import type { RedisConnection } from "./redis-connection.ts";
import { commonKey } from "./redis-keys.ts";
import { bufferOf, bytesOf, createScript, scriptCommand } from "./redis-scripts.ts";
import { unsealAnswer } from "./redis-sealed.ts";
import { placeOf, readJson, seal, writeJson } from "./sealed.ts";

/** KEYS hash; ARGV field, what it is known to hold ("" for nothing), new value. Whether it still held that. */
const REPLACE = createScript(`
if (redis.call("HGET", KEYS[1], ARGV[1]) or "") ~= ARGV[2] then return 0 end
redis.call("HSET", KEYS[1], ARGV[1], ARGV[3])
return 1
`);

export const COMMON_SCRIPTS = [REPLACE];

/**
 * Changes a value that all share: reads it, and writes what `change` makes of it unless somebody was faster; then once more.
 * `change` answers undefined to leave it as it is.
 */
async function replace(
  connection: RedisConnection,
  { key, field }: { readonly key: string; readonly field: string },
  change: (value: unknown) => unknown,
): Promise<void> {
  const found = { what: field, place: placeOf(key, field) };
  for (;;) {
    const [held] = await connection.run([["HGET", key, field]]);
    const before = held === null ? undefined : bytesOf(held, field);
    const next = change(before && readJson(unsealAnswer(before, found)));
    if (next === undefined) return;
    const args = [field, before ? bufferOf(before) : "", bufferOf(seal(writeJson(next), found.place))];
    const [written] = await connection.run([scriptCommand(REPLACE, [key], args)]);
    if (written === 1) return;
  }
}

export async function admitVersions(
  connection: RedisConnection,
  prefix: string,
  request: { readonly model: string; readonly seen: readonly string[]; readonly keep: number },
): Promise<readonly string[]> {
  const { model, seen, keep } = request;
  let admitted: readonly string[] = [];
  await replace(connection, { key: commonKey(prefix, "versions"), field: model }, (value) => {
    // Only this function writes these values.
    const before = (value ?? []) as readonly string[];
    admitted = admitInOrder(before, seen, keep);
    return admitted.length > before.length ? admitted : undefined;
  });
  return admitted;
}

interface Counting {
  readonly text: string;
  readonly order: number;
  /** Of the registration. */
  readonly id: string;
  /** What stood there before. */
  readonly last?: string;
  /** By hash, the orders of the texts that were registered lately. */
  readonly known: Readonly<Record<string, number>>;
}

/** Texts whose order is remembered. */
const MOST_KNOWN = 64;

export async function registerCounting(
  connection: RedisConnection,
  prefix: string,
  text: string,
): Promise<{ readonly last: string | undefined; readonly order: number }> {
  const id = randomUUID();
  const hash = createHash("sha256").update(text).digest("hex").slice(0, 16);
  let mine: Counting = { text, order: 0, id, known: {} };
  await replace(connection, { key: commonKey(prefix, "counting"), field: "last" }, (value) => {
    // Only this function writes these values.
    const before = value as Counting | undefined;
    if (before?.id === id) {
      mine = before;
      return undefined;
    }
    const orders = Object.entries(before?.known ?? {});
    // A member of an old configuration that starts again in the middle of a rollout is no newer for that.
    const order = before?.known[hash] ?? Math.max(0, ...orders.map(([, known]) => known)) + 1;
    const known = Object.fromEntries([...orders, [hash, order] as const].slice(-MOST_KNOWN));
    mine = { text, order, id, known, ...(before && { last: before.text }) };
    return mine;
  });
  return { last: mine.last, order: mine.order };
}

export async function keepFirst(
  connection: RedisConnection,
  prefix: string,
  { name, value }: { readonly name: string; readonly value: Uint8Array },
): Promise<Uint8Array> {
  const key = commonKey(prefix, "kept");
  const place = placeOf(key, name);
  const [, kept] = await connection.run([
    ["HSETNX", key, name, bufferOf(seal(value, place))],
    ["HGET", key, name],
  ]);
  return unsealAnswer(kept, { what: name, place });
}
