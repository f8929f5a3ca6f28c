import { existsSync, renameSync, rmSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { CodedError } from "../config/coded-error.ts";
import type { Clock } from "../runtime/clock.ts";
import { checkRoom, makeDirectory, syncDirectory, tryDisk } from "./disk.ts";
import { JournalFiles } from "./journal.ts";
import type { Journal } from "./journal.ts";
import { endOf, numbersOf, rowKey } from "./lmdb-keys.ts";
import { checkPages } from "./lmdb-pages.ts";
import { openRows } from "./lmdb-rows.ts";
import type { LmdbRows } from "./lmdb-rows.ts";
import { readNames } from "./names.ts";
import type { Names } from "./names.ts";
import { takeOwnerSocket } from "./owner-socket.ts";
import { takeOwnerRow } from "./owner.ts";
import type { Owner, OwnerRow } from "./owner.ts";
import { damaged, newer, older, placeOf, readJson, seal, unseal, writeJson } from "./sealed.ts";

export const FILE = "state.mdb";
/** Raised when rows change their meaning. In 2 checksums cover the keys too. */
const STORE_FORMAT = 2;
const FORMAT_KEY = rowKey("format");
const HEARTBEAT = 10_000;

export interface OpenFile {
  readonly rows: LmdbRows;
  readonly names: Names;
  readonly owner: OwnerRow;
  readonly journal: Journal;
  /** Safe to call twice. */
  close(): Promise<void>;
}

/** Opens the file of a state directory, checked, and held by this process (`pid`) alone until it is closed. */
export async function openLmdbFile(options: { path: string; clock: Clock; pid?: number }): Promise<OpenFile> {
  const { path: directory, clock } = options;
  const self: Owner = { ...(options.pid === undefined ? {} : { pid: options.pid }), host: hostname() };
  makeDirectory(directory);
  const path = join(directory, FILE);
  const socket = await takeOwnerSocket(directory, self);
  let rows: LmdbRows | undefined;
  try {
    if (!existsSync(`${path}-lock`)) checkRoom(path);
    if (!tryDisk(path, () => existsSync(path))) await createFile(directory, path);
    const stray = tryDisk(path, () => checkPages(path));
    rows = openRows(path);
    checkFormat(rows);
    if (stray !== undefined) throw stray;
    const names = readNames(rows);
    checkNumbers(rows, names);
    const owner = takeOwnerRow(rows, { clock, path: directory, self });
    const journal = new JournalFiles(directory);
    const close = holdFile({ rows, owner, journal, closeSocket: () => socket.close() });
    return { rows, names, owner, journal, close };
  } catch (error) {
    await rows?.close();
    await socket.close();
    throw error;
  }
}

/** Under another name until it is whole: a file of that name is never half made, and one that is not whole is damaged. */
async function createFile(directory: string, path: string): Promise<void> {
  const making = `${path}.new`;
  tryDisk(path, () => rmSync(making, { force: true }));
  const rows = openRows(making);
  try {
    rows.transact(() => rows.put(FORMAT_KEY, seal(writeJson({ format: STORE_FORMAT }), placeOf(FORMAT_KEY))));
  } finally {
    await rows.close();
  }
  tryDisk(path, () => {
    renameSync(making, path);
    rmSync(`${making}-lock`, { force: true });
    syncDirectory(directory);
  });
}

function checkFormat(rows: LmdbRows): void {
  const sealed = rows.get(FORMAT_KEY);
  if (sealed === undefined) throw damaged("It does not say its format.");
  readFormat(sealed);
}

/** By kind of row, the first word of the names that its first number stands for. */
const NAMED = { task: "task", versions: "model", head: "index" } as const;

/** Under a number that is none of its own a row would be passed over, and what it says be missing. Of panes and blocks there are too many. */
function checkNumbers(rows: LmdbRows, names: Names): void {
  // The entries of NAMED, by construction.
  for (const [kind, word] of Object.entries(NAMED) as [keyof typeof NAMED, string][]) {
    for (const key of rows.keys(rowKey(kind), endOf(kind))) {
      const [number = 0] = numbersOf(key);
      if (names.nameOf(number)[0] !== word)
        throw damaged(`A row has the key of ${word} ${number}, and that is the name of something else.`);
    }
  }
}

/** Refuses what a later or an earlier driftd wrote. */
export function readFormat(sealed: Uint8Array): number {
  // Only createFile writes this row, and the seal has been checked.
  const { format } = readJson(unseal(sealed, { what: "the format", place: placeOf(FORMAT_KEY) })) as {
    format: number;
  };
  if (format > STORE_FORMAT) throw newer(`store format ${format}, this one knows ${STORE_FORMAT}`);
  if (format < STORE_FORMAT) throw older(`store format ${format}, this one knows ${STORE_FORMAT}`);
  return format;
}

/** Keeps the owner row fresh; returns what ends all that. */
function holdFile(held: {
  rows: LmdbRows;
  owner: OwnerRow;
  journal: JournalFiles;
  closeSocket: () => Promise<void>;
}): () => Promise<void> {
  const { rows, owner, journal, closeSocket } = held;
  const heartbeat = setInterval(() => tryOwner(() => owner.beat()), HEARTBEAT).unref();
  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    clearInterval(heartbeat);
    tryOwner(() => owner.release());
    await rows.close();
    try {
      journal.close();
    } finally {
      await closeSocket();
    }
  };
  return () => (closing ??= close());
}

/** A lost store or a broken disk is told by the next commit, which meets it too; a row that stays grows old by itself. */
function tryOwner(work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof CodedError)) throw error;
  }
}
