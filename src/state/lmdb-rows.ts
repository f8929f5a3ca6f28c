import { open } from "lmdb";
import type { RootDatabase } from "lmdb";
import { tryDisk } from "./disk.ts";

/** The rows of the embedded store: bytes by bytes, in key order. */
export interface LmdbRows {
  /** The value, valid until the next call; a view on a buffer that is used again. */
  peek(key: Uint8Array): Uint8Array | undefined;
  /** A copy of the value. */
  get(key: Uint8Array): Uint8Array | undefined;
  put(key: Uint8Array, value: Uint8Array): void;
  remove(key: Uint8Array): void;
  /** Rows with from <= key < to, as copies. */
  scan(from: Uint8Array, to: Uint8Array): Iterable<{ key: Uint8Array; value: Uint8Array }>;
  /** Keys with from <= key < to. */
  keys(from: Uint8Array, to: Uint8Array): Iterable<Uint8Array>;
  /**
   * Runs `work` as one transaction. When it returns, everything is on the disk (pages, fdatasync, then the meta page
   * through O_DSYNC); when it throws, nothing has changed.
   */
  transact<T>(work: () => T): T;
  /** Bytes of the pages in use, overflow pages included. */
  size(): number;
  close(): Promise<void>;
}

/** Opens the file, making it if it is not there. */
export function openRows(file: string): LmdbRows {
  const db = tryDisk(file, () => openDatabase(file));
  const peek = (key: Uint8Array): Uint8Array | undefined => {
    const bytes = db.getBinaryFast(key);
    // The buffer behind it is larger than the value, and only `length` says so.
    return bytes === undefined ? undefined : plain(bytes);
  };
  return {
    peek,
    get: (key) => peek(key)?.slice(),
    put: (key, value) => void db.put(key, value),
    remove: (key) => void db.remove(key),
    scan: (start, end) => db.getRange({ start, end }).map(({ key, value }) => ({ key, value: plain(value) })),
    keys: (start, end) => db.getKeys({ start, end }),
    transact: (work) => tryDisk(file, () => db.transactionSync(work)),
    size: () => pagesInUse(db.getStats()),
    close: () => db.close(),
  };
}

/** The same bytes without what Buffer does otherwise: its `slice` shares memory. */
function plain(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
}

function openDatabase(file: string): RootDatabase<Uint8Array, Uint8Array> {
  return open<Uint8Array, Uint8Array>({
    path: file,
    noSubdir: true,
    encoding: "binary",
    keyEncoding: "binary",
    // With it a transaction would return before its pages are flushed.
    overlappingSync: false,
    // Address space only. Outgrowing it maps the file once more, and counts its pages twice.
    mapSize: 2 ** 34,
  });
}

function pagesInUse(stats: object): number {
  // lmdb types its statistics as {}: these four are numbers in every version of the format.
  const { pageSize, treeBranchPageCount, treeLeafPageCount, overflowPages } = stats as Record<string, number>;
  return (pageSize ?? 0) * ((treeBranchPageCount ?? 0) + (treeLeafPageCount ?? 0) + (overflowPages ?? 0));
}
