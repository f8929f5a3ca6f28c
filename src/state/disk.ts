import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  rmSync,
  statfsSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname } from "node:path";
import { CodedError } from "../config/coded-error.ts";
import { damaged } from "./sealed.ts";

/** Makes the directory. */
export function makeDirectory(path: string): void {
  tryDisk(path, () => makeLevels(path));
}

/** Level by level: Node's `recursive` tries forever where a directory that is there takes none in, as /proc does. */
function makeLevels(path: string): void {
  if (isDirectory(path)) return;
  const parent = dirname(path);
  if (parent !== path) makeLevels(parent);
  try {
    mkdirSync(path);
  } catch (error) {
    // Another process may have been faster.
    if (!isDirectory(path)) throw error;
  }
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

/** Makes what was renamed in it outlive a power cut. */
export function syncDirectory(directory: string): void {
  const open = openSync(directory, "r");
  try {
    fsyncSync(open);
  } finally {
    closeSync(open);
  }
}

/** More than LMDB takes for a new file, the lock file beside it, and a first row; bytes. */
const ROOM = 65_536;

/**
 * Throws STATE_FULL where the disk has no room for LMDB to begin `file`: it would end the process by a signal in place of an error,
 * for it writes its lock file through the map.
 */
export function checkRoom(file: string): void {
  const trial = `${file}.room`;
  tryDisk(file, () => {
    try {
      writeFileSync(trial, new Uint8Array(ROOM));
    } finally {
      rmSync(trial, { force: true });
    }
  });
}

const NO_SPACE = new Set<unknown>([28, 122, "ENOSPC", "EDQUOT"]);
/** LMDB's PAGE_NOTFOUND, CORRUPTED, VERSION_MISMATCH, INVALID. */
const DAMAGED = new Set<unknown>([-30797, -30796, -30794, -30793]);
const INPUT_OUTPUT_ERROR = 5;

/** Runs `work`; errors of the disk and of LMDB become coded ones, all others stay what they are. */
export function tryDisk<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof Error) || error instanceof CodedError || !("code" in error)) throw error;
    const { code, message } = error;
    if (NO_SPACE.has(code) || (code === INPUT_OUTPUT_ERROR && isFull(path))) {
      throw new CodedError(
        "STATE_FULL",
        `No space is left for the state store ${path}: ${message}. Nothing that was committed is lost. Make room and start again.`,
        { cause: error },
      );
    }
    if (DAMAGED.has(code)) throw damaged(`${path}: ${message}.`, error);
    throw new CodedError(
      "STATE_FAILED",
      `The state store ${path} cannot be read or written: ${message}. Nothing that was committed is lost. Check that the directory is there, writable, and on a disk that works.`,
      { cause: error },
    );
  }
}

/** LMDB calls a write that the disk had room for only in part an input/output error. */
function isFull(path: string): boolean {
  const { bavail, bsize } = statfsSync(dirname(path));
  return bavail * bsize < 1_048_576;
}
