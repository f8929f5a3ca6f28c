/** Records that have something in common: who sent them, and one of them. */
export interface Senders {
  count: number;
  /** Records by who sent them (event/producer.ts), those with the smallest hashes. */
  readonly producers: Map<string, number>;
  /** Texts that stood there, by how often they came, where they may be kept: those with the smallest hashes. */
  readonly values: Map<string, number>;
  /** The id with the smallest keyed hash. */
  rank: string;
  example: string;
}

/** One record. */
export interface Sender {
  readonly producer: string;
  readonly rank: string;
  readonly example: string;
  readonly value?: string;
}

const MOST_PRODUCERS = 8;
export const MOST_VALUES = 16;

export function sendersOf({ producer, rank, example, value }: Sender): Senders {
  const values = new Map(value === undefined ? [] : [[value, 1]]);
  return { count: 1, producers: new Map([[producer, 1]]), values, rank, example };
}

/** Adds to what stands under the key; `from` is left as it is. */
export function mergeSenders<Kind extends Senders>(cases: Map<string, Kind>, key: string, from: Kind): void {
  const into = cases.get(key);
  if (into === undefined) {
    cases.set(key, { ...from, producers: new Map(from.producers), values: new Map(from.values) });
    return;
  }
  into.count += from.count;
  addCounts(into.producers, from.producers, MOST_PRODUCERS);
  addCounts(into.values, from.values, MOST_VALUES);
  if (from.rank !== "" && (into.rank === "" || from.rank < into.rank)) {
    into.rank = from.rank;
    into.example = from.example;
  }
}

/** Keeps `most` of them: which those are does not depend on the order in which they came. */
export function trimSenders(cases: Map<string, Senders>, most: number): void {
  if (cases.size > most) for (const key of largest([...cases.keys()], most)) cases.delete(key);
}

function addCounts(into: Map<string, number>, from: ReadonlyMap<string, number>, most: number): void {
  for (const [name, count] of from) into.set(name, (into.get(name) ?? 0) + count);
  if (into.size > most) for (const name of largest([...into.keys()], most)) into.delete(name);
}

/** All but the `most` names with the smallest hashes: which those are does not depend on the order in which names came. */
export function largest(names: readonly string[], most: number): string[] {
  return names
    .map((name) => ({ name, hash: hashName(name) }))
    .sort((a, b) => a.hash - b.hash || (a.name < b.name ? -1 : 1))
    .slice(most)
    .map(({ name }) => name);
}

/** FNV-1a, 32 bits, of UTF-16 code units. */
function hashName(name: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < name.length; i += 1) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
