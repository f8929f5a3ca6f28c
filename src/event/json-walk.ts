import { addChild, createNode, POSITION, SKIP } from "./json-trie.ts";
import type { Node } from "./json-trie.ts";
import { findCode, hashSpan } from "./byte-table.ts";
import { clearCell, readCell, setFault, spanString } from "./json-cell.ts";
import type { Cells } from "./json-cell.ts";
import { MAX_DEPTH, skipColon } from "./json-skip.ts";
import { hasEscape, skipSpace, skipString } from "./json-text.ts";

/** Longer names that no pointer asks for are not remembered. */
const LONGEST_IGNORED = 256;

/** One record's way along the trie of a plan's pointers. */
export interface Walk {
  readonly root: Node;
  readonly cells: Cells;
  /** The place of all names that are neither asked for nor remembered; never expected, for it has no name. */
  readonly elsewhere: Node;
  stamp: number;
}

export function createWalk(root: Node, cells: Cells): Walk {
  return { root, cells, elsewhere: createNode(new Uint8Array(0)), stamp: 0 };
}

/**
 * Reads the record in `cells.bytes` into row `cells.row`; false if it is not one JSON object by RFC 8259, in UTF-8 and not
 * deeper than MAX_DEPTH. Then the row's cells may have been written and must be cleared.
 */
export function walkRecord(walk: Walk): boolean {
  const bytes = walk.cells.bytes;
  walk.stamp++;
  walk.cells.positions.fill(-1);
  walk.root.stamp = walk.stamp;
  const start = skipSpace(bytes, 0);
  if (bytes[start] !== 0x7b) return false;
  const at = walkObject(walk, walk.root, start + 1, 1);
  return at >= 0 && skipSpace(bytes, at) === bytes.length;
}

/** From the byte after an object's brace to the one after its end, or -1. */
function walkObject(walk: Walk, node: Node, start: number, depth: number): number {
  const { cells } = walk;
  const bytes = cells.bytes;
  let at = skipSpace(bytes, start);
  if (bytes[at] === 0x7d) return at + 1;
  let previous: Node | undefined;
  let expected = node.first;
  for (;;) {
    if (bytes[at] !== 0x22) return -1;
    let child: Node;
    if (expected !== undefined && matchesPattern(bytes, at + 1, expected.pattern)) {
      child = expected;
      at += child.pattern.length + 1;
      if (bytes[at] <= 0x20) at = skipSpace(bytes, at);
    } else {
      const stop = skipString(bytes, at + 1);
      if (stop < 0) return -1;
      child = findChild(walk, node, at + 1, stop - 1);
      at = stop;
      if (child !== walk.elsewhere) {
        if (previous === undefined) node.first = child;
        else if (previous !== walk.elsewhere) previous.successor = child;
      }
      at = skipColon(bytes, at);
      if (at < 0) return -1;
    }
    if (child.isLeaf) at = readCell(cells, child.slot, at, depth);
    else at = walkBranch(walk, child, at, depth);
    if (at < 0) return -1;
    let byte = bytes[at];
    if (byte <= 0x20) {
      at = skipSpace(bytes, at);
      byte = bytes[at];
    }
    if (byte !== 0x2c) return byte === 0x7d ? at + 1 : -1;
    at++;
    if (bytes[at] !== 0x22) at = skipSpace(bytes, at);
    previous = child;
    expected = child.successor;
  }
}

function matchesPattern(bytes: Uint8Array, at: number, pattern: Uint8Array): boolean {
  const length = pattern.length;
  if (at + length > bytes.length) return false;
  for (let i = 0; i < length; i++) {
    if (bytes[at + i] !== pattern[i]) return false;
  }
  return true;
}

/** The child whose name stands between `start` and `stop`, escapes and all. */
function findChild(walk: Walk, node: Node, start: number, stop: number): Node {
  const { cells } = walk;
  const { bytes, span } = cells;
  const isEscaped = hasEscape(bytes, start, stop);
  spanString(cells, start, stop);
  hashSpan(span);
  const position = findCode(node.byName, span);
  if (position >= 0) return node.children[position];
  const ignore = !isEscaped && stop - start <= LONGEST_IGNORED && node.children.length < node.limit;
  return ignore ? addChild(node, bytes.slice(start, stop)) : walk.elsewhere;
}

/** From the byte after an array's bracket to the one after its end, or -1. */
function walkArray(walk: Walk, node: Node, start: number, depth: number): number {
  const bytes = walk.cells.bytes;
  let at = skipSpace(bytes, start);
  if (bytes[at] === 0x5d) return at + 1;
  for (let position = 0; ; position++) {
    const child = node.byPosition.get(position) ?? walk.elsewhere;
    at = child.isLeaf ? readCell(walk.cells, child.slot, at, depth) : walkBranch(walk, child, at, depth);
    if (at < 0) return -1;
    at = skipSpace(bytes, at);
    if (bytes[at] !== 0x2c) return bytes[at] === 0x5d ? at + 1 : -1;
    at = skipSpace(bytes, at + 1);
  }
}

/** Brings the value at `at` to all targets at and below `child`; `depth` containers are open around it. */
function walkBranch(walk: Walk, child: Node, at: number, depth: number): number {
  const { cells } = walk;
  // The same name twice in one object: the last one counts, with all that it does not say.
  if (child.stamp === walk.stamp) clearBelow(walk, child);
  child.stamp = walk.stamp;
  let next = -1;
  const byte = cells.bytes[at];
  const isContainer = byte === 0x7b || byte === 0x5b;
  if (child.slot.kind !== SKIP || !isContainer) next = readCell(cells, child.slot, at, depth);
  for (const slot of child.others) next = readCell(cells, slot, at, depth);
  if (child.children.length === 0) return next;
  if (byte !== 0x7b && byte !== 0x6e) refuseBelow(walk, child, byte === 0x5b);
  if (!isContainer) return next;
  if (depth >= MAX_DEPTH) return -1;
  return byte === 0x7b
    ? walkObject(walk, child, at + 1, depth + 1)
    : walkArray(walk, child, at + 1, depth + 1);
}

/**
 * What should hold the columns below `node` by name is no object: none of them can be read, which is another fault than that they
 * are missing. A list has those that are asked for by position.
 */
function refuseBelow(walk: Walk, node: Node, isList: boolean): void {
  for (const child of node.children) {
    if (isList && [...node.byPosition.values()].includes(child)) continue;
    for (const slot of [child.slot, ...child.others])
      if (slot.kind !== SKIP && slot.kind !== POSITION) setFault(walk.cells, slot);
    refuseBelow(walk, child, false);
  }
}

function clearBelow(walk: Walk, node: Node): void {
  for (const child of node.children) {
    clearCell(walk.cells, child.slot);
    for (const slot of child.others) clearCell(walk.cells, slot);
    clearBelow(walk, child);
  }
}
