import { existsSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { CodedError } from "../config/coded-error.ts";
import type { Clock } from "../runtime/clock.ts";
import { tryDisk } from "./disk.ts";
import { FILE, readFormat } from "./lmdb-file.ts";
import { readPages } from "./lmdb-pages.ts";
import type { FilePages } from "./lmdb-pages.ts";
import { takeOwnerSocket } from "./owner-socket.ts";
import { refuseOther } from "./owner.ts";
import { damageOf } from "./sealed.ts";
import { readCatalogue } from "./state-rows.ts";
import type { Catalogue, Tell } from "./state-rows.ts";

/** A state directory that no daemon uses, and none can while it is held; nothing in its file is changed. */
export interface StateDirectory {
  /** Of the file that holds it all. */
  readonly file: string;
  readonly format: number;
  readonly pages: FilePages;
  readonly catalogue: Catalogue;
  close(): Promise<void>;
}

/**
 * Opens a state directory to be looked into, damaged or not: `tell` is told what is damaged. Throws USAGE where there is none,
 * STATE_LOCKED where somebody uses it, STATE_NEWER where a later driftd wrote it, STATE_DAMAGED where nothing of it can be read.
 */
export async function openStateDirectory(options: {
  path: string;
  clock: Clock;
  pid: number;
  tell: Tell;
}): Promise<StateDirectory> {
  const { path, clock, pid, tell } = options;
  const file = join(path, FILE);
  if (!existsSync(file)) {
    throw new CodedError(
      "USAGE",
      `There is no ${FILE} in ${path}. Name the directory that state.path of driftd.yaml names.`,
    );
  }
  const release = await holdDirectory(path, pid);
  let pages: FilePages | undefined;
  try {
    pages = tryDisk(file, () => readPages(file, (damage) => tell(damageOf(damage))));
    const catalogue = readCatalogue(pages, tell);
    const { format, owner } = catalogue;
    refuseOther(owner, { path, host: hostname(), now: clock.tick().now });
    const opened = pages;
    return {
      file,
      format: format === undefined ? sayMissing(tell) : readFormat(format),
      pages,
      catalogue,
      async close() {
        opened.close();
        await release();
      },
    };
  } catch (error) {
    pages?.close();
    await release();
    throw error;
  }
}

function sayMissing(tell: Tell): number {
  tell("It does not say its format.");
  return 0;
}

/** On a disk that can only be read nobody can write, and no socket can be made. */
async function holdDirectory(path: string, pid: number): Promise<() => Promise<void>> {
  try {
    const socket = await takeOwnerSocket(path, { pid, host: hostname() });
    return () => socket.close();
  } catch (error) {
    if (error instanceof CodedError && isReadOnly(error.cause)) return async () => undefined;
    throw error;
  }
}

function isReadOnly(cause: unknown): boolean {
  return cause instanceof Error && "code" in cause && cause.code === "EROFS";
}
