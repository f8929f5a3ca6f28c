import { endOf, lastNumber, rowKey } from "./lmdb-keys.ts";
import type { LmdbRows } from "./lmdb-rows.ts";
import { nameKey } from "./name-key.ts";
import { damaged, placeOf, readJson, seal, unseal, writeJson } from "./sealed.ts";

/** Numbers that stand for names of any length in keys. A number is given once and never taken back. */
export interface Names {
  /** The number of a name; gives it one, and writes it, if it has none. Only inside a transaction. */
  numberOf(...name: readonly (string | number)[]): number;
  /** The number of a name, if it has one. */
  find(...name: readonly (string | number)[]): number | undefined;
  /** The name behind a number. Throws STATE_DAMAGED where there is none. */
  nameOf(number: number): readonly (string | number)[];
  /** The numbers of all names that begin with this word. */
  numbersOf(kind: string): Iterable<number>;
  /** Whether the transaction that the last numbers were given in was written: if not, they are forgotten. */
  settle(written: boolean): void;
}

export function readNames(rows: LmdbRows): Names {
  const numbers = new Map<string, number>();
  const names: (readonly (string | number)[])[] = [];
  for (const { key, value } of rows.scan(rowKey("name"), endOf("name"))) {
    // Only this module writes these rows, and the seal has been checked.
    const name = readJson(unseal(value, { what: "a name", place: placeOf(key) })) as (string | number)[];
    numbers.set(nameKey(name), lastNumber(key));
    names[lastNumber(key)] = name;
  }
  // A name is never taken back, and the number of one that is lost would be given to another.
  const missing = names.length - numbers.size;
  if (missing > 0) throw damaged(`${missing} of its names ${missing === 1 ? "is" : "are"} missing.`);
  let settled = names.length;
  return {
    numberOf(...name) {
      const key = nameKey(name);
      const there = numbers.get(key);
      if (there !== undefined) return there;
      const number = names.length;
      const row = rowKey("name", number);
      rows.put(row, seal(writeJson(name), placeOf(row)));
      numbers.set(key, number);
      names.push(name);
      return number;
    },
    find: (...name) => numbers.get(nameKey(name)),
    nameOf(number) {
      const name = names[number];
      if (name === undefined) throw damaged(`Name ${number} is missing.`);
      return name;
    },
    numbersOf: (kind) => [...names.keys()].filter((number) => names[number]?.[0] === kind),
    settle(written) {
      if (!written) for (const name of names.splice(settled)) numbers.delete(nameKey(name));
      settled = names.length;
    },
  };
}
