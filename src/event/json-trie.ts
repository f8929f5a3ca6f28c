import { addCode, createByteTable } from "./byte-table.ts";
import type { ByteTable } from "./byte-table.ts";
import type { Dictionary } from "./dictionary.ts";

/** What is done with a value that the walk meets. */
export const SKIP = 0;
export const NUMBER = 1;
export const CATEGORY = 2;
export const BOOLEAN = 3;
/** Only noted where it begins: the envelope, and second places of segment columns. */
export const POSITION = 4;

/** The target of a value: a cell of a column, or a place among the walk's positions. */
export interface Slot {
  readonly kind: number;
  /** Column of the batch, or index of the position. */
  readonly index: number;
  /** A truth takes booleans, numbers and texts for one another where that loses nothing. */
  readonly isTruth: boolean;
  readonly bounded: boolean;
  readonly minimum: number;
  readonly maximum: number;
  readonly dictionary: Dictionary | undefined;
  /** The batch's arrays; bound again when the batch grows. */
  values: Float64Array;
  codes: Int32Array;
  validity: Uint8Array;
}

/** A place in the record that some pointer leads through. */
export interface Node {
  /** The member's name as raw bytes. */
  readonly key: Uint8Array;
  /** The name as it stands in compact JSON: with its closing quote and the colon. */
  readonly pattern: Uint8Array;
  /** One target at most and nothing below. */
  isLeaf: boolean;
  slot: Slot;
  /** Further targets of the same place. */
  readonly others: Slot[];
  readonly children: Node[];
  /** How many children it may have when names that no pointer asks for have been added, to be skipped without a look-up. */
  limit: number;
  /** Positions in `children` by name. */
  readonly byName: ByteTable;
  /** Children by position, where the value is an array. */
  readonly byPosition: Map<number, Node>;
  /** The last record in which this place was met, so that a repeated key is noticed. */
  stamp: number;
  /** Which child came first in the last record, and which member came after this one: records repeat their order. */
  first: Node | undefined;
  successor: Node | undefined;
}

const MOST_IGNORED = 64;

const NO_NUMBERS = new Float64Array(0);
const NO_CODES = new Int32Array(0);
const NO_BITS = new Uint8Array(0);

export function createSlot(kind: number, index: number, given: Partial<Slot> = {}): Slot {
  return {
    kind,
    index,
    isTruth: given.isTruth ?? false,
    bounded: given.bounded ?? false,
    minimum: given.minimum ?? -Infinity,
    maximum: given.maximum ?? Infinity,
    dictionary: given.dictionary,
    values: NO_NUMBERS,
    codes: NO_CODES,
    validity: NO_BITS,
  };
}

export function createNode(key: Uint8Array): Node {
  return {
    key,
    pattern: Uint8Array.of(...key, 0x22, 0x3a),
    isLeaf: true,
    slot: createSlot(SKIP, 0),
    others: [],
    children: [],
    limit: MOST_IGNORED,
    byName: createByteTable(),
    byPosition: new Map(),
    stamp: 0,
    first: undefined,
    successor: undefined,
  };
}

/** Lets the walk bring the value at `path` (unescaped pointer tokens from the root) to `slot`. */
export function addTarget(root: Node, path: readonly string[], slot: Slot): void {
  const encoder = new TextEncoder();
  let node = root;
  for (const token of path) {
    const key = encoder.encode(token);
    const name = node.children.find((child) => equalBytes(child.key, key));
    if (name === undefined) node.limit++;
    node = name ?? addChild(node, key);
  }
  if (node.slot.kind === SKIP) node.slot = slot;
  else {
    node.others.push(slot);
    node.isLeaf = false;
  }
}

/** Adds a child that is not there yet; one without target or children is known only to be skipped. */
export function addChild(parent: Node, key: Uint8Array): Node {
  const child = createNode(key);
  parent.isLeaf = false;
  addCode(parent.byName, key, parent.children.push(child) - 1);
  const text = String.fromCharCode(...key.subarray(0, 10));
  if (/^(0|[1-9][0-9]{0,8})$/.test(text)) parent.byPosition.set(Number(text), child);
  return child;
}

function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
