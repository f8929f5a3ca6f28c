import type { CodedError } from "../config/coded-error.ts";
import { damaged } from "./sealed.ts";

/**
 * Keys of the embedded store, ordered as bytes: a letter for the kind of row, then big-endian numbers. Names of any length
 * stand behind numbers (names.ts), for a key holds 1,978 bytes at most.
 */
const KEYS = {
  format: "F",
  owner: "O",
  name: "N",
  task: "T",
  pane: "P",
  head: "H",
  block: "B",
  versions: "V",
  counting: "C",
  judgement: "J",
} as const;

export type RowKind = keyof typeof KEYS;

/** How many numbers a key of the kind has; undefined: it has a name in place of them. */
const NUMBERS: Readonly<Record<RowKind, number | undefined>> = {
  format: 0,
  owner: 0,
  name: 1,
  task: 1,
  pane: 4,
  head: 2,
  block: 3,
  versions: 1,
  counting: 0,
  judgement: undefined,
};

// The keys of KEYS, by construction.
const KIND_OF_LETTER = new Map(
  (Object.keys(KEYS) as RowKind[]).map((kind) => [KEYS[kind].charCodeAt(0), kind]),
);

/** Undefined where the key is none of this store's. */
export function kindOf(key: Uint8Array): RowKind | undefined {
  const kind = KIND_OF_LETTER.get(key[0]);
  const numbers = kind && NUMBERS[kind];
  return numbers === undefined || key.length === 1 + 4 * numbers ? kind : undefined;
}

/** What is said of a key that `kindOf` knows nothing of. */
export function strayKey(key: Buffer): CodedError {
  return damaged(`A row has a key that means nothing: ${key.toString("hex").slice(0, 40)}.`);
}

/** The numbers of a key that `rowKey` made. */
export function numbersOf(key: Uint8Array): number[] {
  const view = new DataView(key.buffer, key.byteOffset, key.length);
  return Array.from({ length: (key.length - 1) >> 2 }, (_, i) => view.getUint32(1 + 4 * i));
}

/** A key of a kind and up to three unsigned 32-bit numbers. A shorter key stands before all that begin with it. */
export function rowKey(kind: RowKind, ...numbers: readonly number[]): Buffer {
  const key = Buffer.allocUnsafe(1 + 4 * numbers.length);
  key.write(KEYS[kind], "latin1");
  for (const [i, number] of numbers.entries()) key.writeUInt32BE(number, 1 + 4 * i);
  return key;
}

/** Panes of a layout stand in order of their start, over all tasks. */
export function paneKey(layout: number, start: number, series: number): Buffer {
  const key = Buffer.allocUnsafe(17);
  writePaneStart(key, layout, start);
  key.writeUInt32BE(series, 13);
  return key;
}

/** Before every pane of the layout that starts then or later. */
export function paneBound(layout: number, start: number): Buffer {
  const key = Buffer.allocUnsafe(13);
  writePaneStart(key, layout, start);
  return key;
}

export function readPaneKey(key: Uint8Array): { start: number; series: number } {
  const view = new DataView(key.buffer, key.byteOffset, key.length);
  return { start: view.getUint32(5) * 2 ** 32 + view.getUint32(9) - START_SHIFT, series: view.getUint32(13) };
}

export function judgementKey(name: string): Buffer {
  return Buffer.from(KEYS.judgement + name);
}

export function judgementName(key: Uint8Array): string {
  return new TextDecoder().decode(key.subarray(1));
}

/** The first key after every one of the kind. */
export function endOf(kind: RowKind): Buffer {
  return Buffer.from([KEYS[kind].charCodeAt(0) + 1]);
}

/** The last of a key's numbers. */
export function lastNumber(key: Uint8Array): number {
  return new DataView(key.buffer, key.byteOffset, key.length).getUint32(key.length - 4);
}

/** Makes every start positive, for bytes are ordered without sign; sums stay exact, and last for 140,000 years. */
const START_SHIFT = 2 ** 52;

function writePaneStart(key: Buffer, layout: number, start: number): void {
  const shifted = Math.min(Math.max(start, -START_SHIFT), START_SHIFT - 1) + START_SHIFT;
  key.write(KEYS.pane, "latin1");
  key.writeUInt32BE(layout, 1);
  key.writeUInt32BE(Math.floor(shifted / 2 ** 32), 5);
  key.writeUInt32BE(shifted % 2 ** 32, 9);
}
