import { createHash } from "node:crypto";
import { renameSync, rmSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { CodedError } from "../config/coded-error.ts";
import { checkRoom, syncDirectory, tryDisk } from "./disk.ts";
import { kindOf } from "./lmdb-keys.ts";
import { readPages } from "./lmdb-pages.ts";
import type { FilePages } from "./lmdb-pages.ts";
import { openRows } from "./lmdb-rows.ts";
import type { StateDirectory } from "./state-directory.ts";

/** What a transaction of the copy holds at most; bytes. */
const STEP = 16 * 1024 * 1024;

/**
 * Copies all rows into a new file, reads it back, and puts it in the place of the old one: whatever ends the process, one of the
 * two is there, whole. Answers the bytes of the file before and after; `onStep` is called with the rows copied so far, and may
 * throw to end it. Throws STATE_FULL where there is no room for both, STATE_DAMAGED where not all rows can be read.
 */
export async function compactState(
  { file, pages }: Pick<StateDirectory, "file" | "pages">,
  onStep: (rows: number) => Promise<void>,
): Promise<{ before: number; after: number }> {
  const making = `${file}.new`;
  const before = statSync(file).size;
  const remove = (): void => tryDisk(file, () => removeFile(making));
  remove();
  checkRoom(making);
  try {
    const copied = await copyRows(pages, making, onStep);
    if (hashRows(making) !== copied) {
      throw new CodedError(
        "STATE_FAILED",
        `The copy ${making} does not hold what was written to it. The state is as it was. Check the disk.`,
      );
    }
    const after = statSync(making).size;
    tryDisk(file, () => {
      renameSync(making, file);
      syncDirectory(dirname(file));
    });
    return { before, after };
  } finally {
    remove();
  }
}

/** Answers a hash of the rows. */
async function copyRows(
  pages: FilePages,
  path: string,
  onStep: (rows: number) => Promise<void>,
): Promise<string> {
  const hash = createHash("sha256");
  const to = openRows(path);
  let waiting: { key: Buffer; value: Buffer }[] = [];
  let size = 0;
  let rows = 0;
  const write = async (): Promise<void> => {
    to.transact(() => {
      for (const { key, value } of waiting) to.put(key, value);
    });
    rows += waiting.length;
    waiting = [];
    size = 0;
    await onStep(rows);
  };
  try {
    for (const row of pages.rows()) {
      // Who opens the new file writes a row of its own.
      if (kindOf(row.key) === "owner") continue;
      const { key } = row;
      const value = row.value();
      hash.update(key).update(value);
      waiting.push({ key, value });
      size += key.length + value.length;
      if (size >= STEP) await write();
    }
    await write();
  } finally {
    await to.close();
  }
  return hash.digest("hex");
}

function hashRows(path: string): string {
  const hash = createHash("sha256");
  const pages = readPages(path, (damage) => {
    throw damage;
  });
  try {
    for (const row of pages.rows()) hash.update(row.key).update(row.value());
    pages.checkFree();
  } finally {
    pages.close();
  }
  return hash.digest("hex");
}

function removeFile(path: string): void {
  rmSync(path, { force: true });
  rmSync(`${path}-lock`, { force: true });
}
