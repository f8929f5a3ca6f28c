import { closeSync, fstatSync, openSync } from "node:fs";
import { CodedError } from "../config/coded-error.ts";
import { kindOf, strayKey } from "./lmdb-keys.ts";
import { readBytes, readMetas, readNumber } from "./lmdb-meta.ts";
import type { Meta } from "./lmdb-meta.ts";
import { damaged, newer } from "./sealed.ts";

/**
 * Walks the pages of an LMDB file (data version 2, as in mdb.c of lmdb 3) before it is mapped: reading a page that is cut off or
 * overwritten through the map would end the process by a signal. The length alone proves nothing, for the last pages of a
 * sound file may be free and never written. A page that is in use must be in one place only, and not in the free list, or
 * the next write would destroy it. Throws STATE_DAMAGED. Values are checked where they are read. Answers the damage where a key is none
 * of this store's, which is none if a later driftd wrote it.
 */
export function checkPages(path: string): CodedError | undefined {
  const file = openSync(path, "r");
  try {
    const [meta] = readMetas(file, path);
    // LMDB itself then says what it thinks of it.
    if (meta === undefined) return undefined;
    const pages = pagesOf(file, { path, meta });
    let stray: Buffer | undefined;
    for (const { key } of walk(pages, { root: meta.rows, isOrdered: true })) {
      if (kindOf(key) === undefined) stray ??= key;
    }
    checkFreePages(pages, meta);
    return stray && strayKey(stray);
  } finally {
    closeSync(file);
  }
}

/** A row as it stands in the file. */
export interface FileRow {
  readonly key: Buffer;
  /** Reads it from the file. */
  value(): Buffer;
}

export interface FilePages {
  /** All rows, in the order of their keys, but for those that stand on damaged pages; one reader at a time. */
  rows(): Generator<FileRow>;
  /** Tells where the free list is damaged; asked after the last row. */
  checkFree(): void;
  /** Pages that hold rows, or lead to them, so far; free ones do not. */
  used(): number;
  readonly pageSize: number;
  close(): void;
}

/**
 * Reads a file's rows through its pages, and not through the map: what is damaged is told, a page at a time, and the rest can be read.
 * Throws STATE_DAMAGED where nothing can be, and STATE_NEWER where the file is of another LMDB.
 */
export function readPages(path: string, tell: (damage: Error) => void): FilePages {
  const file = openSync(path, "r");
  try {
    const [last, before] = readMetas(file, path);
    if (last === undefined) throw newer("its file is of another version of LMDB");
    // What the last commit wrote may be lost, and the pages of the one before are not written over yet.
    const isLost = before !== undefined && !hasRoot(file, path, last) && hasRoot(file, path, before);
    if (isLost) tell(damaged("The last commit cannot be read: what follows is of the one before."));
    const meta = isLost ? before : last;
    const pages = pagesOf(file, { path, meta, tell });
    return {
      rows() {
        pages.used.fill(0);
        return walk(pages, { root: meta.rows, isOrdered: true });
      },
      checkFree: () => pages.attempt(() => checkFreePages(pages, meta)),
      used: () => pages.used.reduce((sum, is) => sum + Number(is === USED), 0),
      pageSize: meta.pageSize,
      close: () => closeSync(file),
    };
  } catch (error) {
    closeSync(file);
    throw error;
  }
}

const NO_ROOT = 2 ** 64 - 1;
const PAGE_HEAD = 24;
const BRANCH = 1;
const LEAF = 2;
const OVERFLOW = 4;
/** Flag of a node whose value stands on overflow pages. */
const BIG_DATA = 1;
const NODE_HEAD = 8;
const USED = 1;
const FREE = 2;

interface Pages {
  readonly file: number;
  readonly path: string;
  readonly pageSize: number;
  /** The last one: no page may come from a later one. */
  readonly transaction: number;
  /** Whole pages that the file holds. */
  readonly count: number;
  /** What every page is that has a place: USED or FREE; 0 where none has been found. */
  readonly used: Uint8Array;
  /** Undefined where the work met damage, and damage is told instead of thrown. */
  attempt<T>(work: () => T): T | undefined;
}

function pagesOf(
  file: number,
  { path, meta, tell }: { path: string; meta: Meta; tell?: (damage: Error) => void },
): Pages {
  const { pageSize, transaction } = meta;
  const count = Math.floor(fstatSync(file).size / pageSize);
  return {
    file,
    path,
    pageSize,
    transaction,
    count,
    used: new Uint8Array(count),
    attempt(work) {
      try {
        return work();
      } catch (error) {
        if (tell === undefined || !(error instanceof CodedError)) throw error;
        tell(error);
        return undefined;
      }
    },
  };
}

function hasRoot(file: number, path: string, meta: Meta): boolean {
  if (meta.rows === NO_ROOT) return true;
  let isThere = true;
  const pages = pagesOf(file, { path, meta, tell: () => void (isThere = false) });
  pages.attempt(() => readPage(pages, meta.rows, PAGE_HEAD));
  return isThere;
}

/** Walks a tree of pages, row by row. Keys of rows stand in order of their bytes. */
function* walk(pages: Pages, tree: { root: number; isOrdered: boolean }): Generator<FileRow> {
  const left: Subtree[] = tree.root === NO_ROOT ? [] : [{ number: tree.root }];
  for (let subtree = left.pop(); subtree !== undefined; subtree = left.pop()) {
    const found = readNodes(pages, subtree, tree.isOrdered);
    if (found === undefined) continue;
    const { page, nodes, keys, isLeaf } = found;
    if (!isLeaf) {
      const children = nodes.map((node, i): Subtree => {
        const number = page.readUInt32LE(node) + page.readUInt16LE(node + 4) * 2 ** 32;
        return { number, from: keys[i], to: keys[i + 1] ?? subtree.to };
      });
      left.push(...children.toReversed());
      continue;
    }
    for (const [i, node] of nodes.entries()) {
      const position = pages.attempt(() => placeValue(pages, page, node));
      if (position === undefined) continue;
      const length = page.readUInt32LE(node);
      yield { key: keys[i], value: () => readBytes(pages.file, position, length) };
    }
  }
}

interface Nodes {
  readonly page: Buffer;
  /** Where they begin in the page. */
  readonly nodes: readonly number[];
  readonly keys: readonly Buffer[];
  readonly isLeaf: boolean;
}

function readNodes(pages: Pages, subtree: Subtree, isOrdered: boolean): Nodes | undefined {
  const { number } = subtree;
  return pages.attempt(() => {
    const page = readPage(pages, number, pages.pageSize);
    use(pages, number, 1);
    const isLeaf = page.readUInt16LE(18) === LEAF;
    if (!isLeaf && page.readUInt16LE(18) !== BRANCH) throw damagedPage(pages, number);
    const nodes = nodesOf(pages, page, number);
    const keys = nodes.map((node) => keyOf(page, node));
    // The first key of a branch is not written: what stands under it begins where the branch does.
    if (!isLeaf) keys.splice(0, 1, subtree.from ?? NO_KEY);
    if (isOrdered && !isInOrder(keys, subtree)) throw damagedPage(pages, number);
    return { page, nodes, keys, isLeaf };
  });
}

/** Pages under one page: their keys are from `from` on and before `to`. */
interface Subtree {
  readonly number: number;
  readonly from?: Buffer | undefined;
  readonly to?: Buffer | undefined;
}

const NO_KEY = Buffer.alloc(0);

function isInOrder(keys: readonly Buffer[], { from = NO_KEY, to }: Subtree): boolean {
  const [first = from] = keys;
  const last = keys.at(-1) ?? from;
  const isInside = Buffer.compare(from, first) <= 0 && (to === undefined || Buffer.compare(last, to) < 0);
  return isInside && keys.every((key, i) => i === 0 || Buffer.compare(keys[i - 1], key) < 0);
}

function keyOf(page: Buffer, node: number): Buffer {
  return page.subarray(node + NODE_HEAD, node + NODE_HEAD + page.readUInt16LE(node + 6));
}

/** Every page has one place, in a tree or in the free list: what is found twice is damage, and a tree may lead in a circle. */
function use(pages: Pages, first: number, count: number, as = USED): void {
  if (pages.used.subarray(first, first + count).some((is) => is !== 0)) throw damagedPage(pages, first);
  pages.used.fill(as, first, first + count);
}

/** Follows the rows, whose pages have their places by then. */
function checkFreePages(pages: Pages, { freeList, last }: Meta): void {
  const lists: Buffer[] = [];
  for (const row of walk(pages, { root: freeList, isOrdered: false })) lists.push(row.value());
  if (last < pages.used.lastIndexOf(USED)) throw damaged(`${pages.path} forgets its last pages.`);
  for (const list of lists) checkFree(pages, list, last);
}

/**
 * A list of free pages: how many numbers follow, then page numbers; 0 is an empty place, and a negative number says how many
 * pages the next one begins. Free pages behind the end of the file were never written.
 */
function checkFree(pages: Pages, list: Buffer, last: number): void {
  const length = list.length / 8;
  if (!Number.isInteger(length) || length < 1 || readNumber(list, 0) > length - 1) throw damagedList(pages);
  for (let i = 1; i <= readNumber(list, 0); i++) {
    const entry = Number(list.readBigInt64LE(8 * i));
    if (entry === 0) continue;
    const count = entry < 0 ? -entry : 1;
    if (entry < 0) i += 1;
    const first = i < length ? readNumber(list, 8 * i) : 0;
    if (first < 2 || first + count - 1 > last) throw damagedList(pages);
    use(pages, first, count, FREE);
  }
}

function damagedList(pages: Pages): Error {
  return damaged(`The free list of ${pages.path} is not what was written.`);
}

/** Where the nodes of a page begin. */
function nodesOf(pages: Pages, page: Buffer, number: number): number[] {
  const lower = page.readUInt16LE(20);
  const upper = page.readUInt16LE(22);
  if (lower > upper || PAGE_HEAD + upper > pages.pageSize) throw damagedPage(pages, number);
  const count = lower >> 1;
  return Array.from({ length: count }, (_, i) => {
    const node = page.readUInt16LE(PAGE_HEAD + 2 * i) + PAGE_HEAD;
    if (node + NODE_HEAD > pages.pageSize) throw damagedPage(pages, number);
    const keySize = page.readUInt16LE(node + 6);
    const needsKey = i > 0 || page.readUInt16LE(18) === LEAF;
    if (node + NODE_HEAD + keySize > pages.pageSize || (needsKey && keySize === 0))
      throw damagedPage(pages, number);
    return node;
  });
}

/** Where a value begins in the file: it ends within its page, or stands on overflow pages of its own. */
function placeValue(pages: Pages, page: Buffer, node: number): number {
  const number = readNumber(page, 0);
  const reference = node + NODE_HEAD + page.readUInt16LE(node + 6);
  if ((page.readUInt16LE(node + 4) & BIG_DATA) === 0) {
    if (reference + page.readUInt32LE(node) > pages.pageSize) throw damagedPage(pages, number);
    return number * pages.pageSize + reference;
  }
  if (reference + 24 > pages.pageSize) throw damagedPage(pages, number);
  const first = readNumber(page, reference);
  const count = readNumber(page, reference + 16);
  const head = readPage(pages, first, PAGE_HEAD);
  const size = page.readUInt32LE(node) + PAGE_HEAD;
  const isSound = head.readUInt16LE(18) === OVERFLOW && head.readUInt32LE(20) === count;
  if (!isSound || first + count > pages.count || size > count * pages.pageSize)
    throw damagedPage(pages, first);
  use(pages, first, count);
  return first * pages.pageSize + PAGE_HEAD;
}

/** The first `length` bytes of a page; it must be in the file and say that it is this page. */
function readPage(pages: Pages, number: number, length: number): Buffer {
  if (number >= pages.count) throw damaged(`${pages.path} is cut short: page ${number} is missing.`);
  const page = readBytes(pages.file, number * pages.pageSize, length);
  const isSound =
    page.length === length && readNumber(page, 0) === number && readNumber(page, 8) <= pages.transaction;
  if (!isSound) throw damagedPage(pages, number);
  return page;
}

function damagedPage(pages: Pages, number: number): Error {
  return damaged(`Page ${number} of ${pages.path} is not what was written.`);
}
