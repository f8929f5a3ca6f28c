import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { damaged } from "./sealed.ts";

/**
 * Walks the pages of an LMDB file (data version 2, as in mdb.c of lmdb 3) before it is mapped: reading a page that is cut off or
 * overwritten through the map would end the process by a signal. The length alone proves nothing, for the last pages of a
 * sound file may be free and never written. Throws STATE_DAMAGED. Values are checked where they are read.
 */
export function checkPages(path: string): void {
  const file = openSync(path, "r");
  try {
    const length = fstatSync(file).size;
    const meta = newestMeta(file, path);
    if (meta === undefined) return;
    const { pageSize, transaction } = meta;
    const pages: Pages = { file, path, pageSize, transaction, count: Math.floor(length / pageSize) };
    for (const root of meta.roots) if (root !== NO_ROOT) walk(pages, root);
  } finally {
    closeSync(file);
  }
}

const MAGIC = 0xbeefc0de;
const DATA_VERSION = 2;
const NO_ROOT = 2 ** 64 - 1;
const PAGE_HEAD = 24;
const BRANCH = 1;
const LEAF = 2;
const OVERFLOW = 4;
/** Flag of a node whose value stands on overflow pages. */
const BIG_DATA = 1;
const NODE_HEAD = 8;

interface Pages {
  readonly file: number;
  readonly path: string;
  readonly pageSize: number;
  /** The last one: no page may come from a later one. */
  readonly transaction: number;
  /** Whole pages that the file holds. */
  readonly count: number;
}

interface Meta {
  readonly pageSize: number;
  /** Root pages of the free list and of the rows. */
  readonly roots: readonly number[];
  readonly transaction: number;
}

/** Undefined for a data version that this module does not know: LMDB itself then says what it thinks of it. */
function newestMeta(file: number, path: string): Meta | undefined {
  const first = readBytes(file, 0, META_END);
  if (first.length < META_END || first.readUInt32LE(24) !== MAGIC)
    throw damaged(`${path} is not a state file.`);
  if (first.readUInt32LE(28) !== DATA_VERSION) return undefined;
  const pageSize = first.readUInt32LE(48);
  if (pageSize < 512 || pageSize > 65_536) throw damaged(`${path} has pages of ${pageSize} bytes.`);
  const second = readBytes(file, pageSize, META_END);
  const isMeta = second.length === META_END && second.readUInt32LE(24) === MAGIC;
  if (!isMeta || second.readUInt32LE(48) !== pageSize) throw damaged(`${path} has lost its second page.`);
  const metas = [readMeta(first), readMeta(second)];
  return metas.reduce((newest, meta) => (meta.transaction > newest.transaction ? meta : newest));
}

const META_END = 160;

function readMeta(page: Buffer): Meta {
  return {
    pageSize: page.readUInt32LE(48),
    roots: [readNumber(page, 88), readNumber(page, 136)],
    transaction: readNumber(page, 152),
  };
}

function walk(pages: Pages, root: number): void {
  const left = [root];
  let seen = 0;
  for (let number = left.pop(); number !== undefined; number = left.pop()) {
    seen += 1;
    // Sound pages form a tree; a page that is reached twice leads in a circle.
    if (seen > pages.count) throw damagedPage(pages, number);
    const page = readPage(pages, number, pages.pageSize);
    const kind = page.readUInt16LE(18);
    if (kind !== BRANCH && kind !== LEAF) throw damagedPage(pages, number);
    for (const node of nodesOf(pages, page, number)) {
      if (kind === BRANCH) left.push(page.readUInt32LE(node) + page.readUInt16LE(node + 4) * 2 ** 32);
      else checkValue(pages, page, node);
    }
  }
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

/** A value ends within its page, or stands on overflow pages that are in the file. */
function checkValue(pages: Pages, page: Buffer, node: number): void {
  const reference = node + NODE_HEAD + page.readUInt16LE(node + 6);
  if ((page.readUInt16LE(node + 4) & BIG_DATA) === 0) {
    if (reference + page.readUInt32LE(node) > pages.pageSize) throw damagedPage(pages, readNumber(page, 0));
    return;
  }
  if (reference + 24 > pages.pageSize) throw damagedPage(pages, readNumber(page, 0));
  const first = readNumber(page, reference);
  const count = readNumber(page, reference + 16);
  const head = readPage(pages, first, PAGE_HEAD);
  const size = page.readUInt32LE(node) + PAGE_HEAD;
  const isSound = head.readUInt16LE(18) === OVERFLOW && head.readUInt32LE(20) === count;
  if (!isSound || first + count > pages.count || size > count * pages.pageSize)
    throw damagedPage(pages, first);
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

function readBytes(file: number, position: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  return bytes.subarray(0, readSync(file, bytes, 0, length, position));
}

function readNumber(bytes: Buffer, offset: number): number {
  return Number(bytes.readBigUInt64LE(offset));
}

function damagedPage(pages: Pages, number: number): Error {
  return damaged(`Page ${number} of ${pages.path} is not what was written.`);
}
