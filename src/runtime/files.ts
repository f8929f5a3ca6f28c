import { randomBytes } from "node:crypto";
import { open, readFile, rename, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { CodedError } from "../config/coded-error.ts";
import type { ErrorCode } from "../config/coded-error.ts";

export interface FileRole {
  /** What the file is to the reader of a message: "rule file", "reference". */
  readonly what: string;
  /** Code of the error when the file cannot be read or written. */
  readonly code: ErrorCode;
  /** Permissions of a file that is written, from its first byte on; else what the process gives. */
  readonly mode?: number;
}

/** The whole file. Rejects with a CodedError that names the file and what to do. */
export async function readBytes(path: string, role: FileRole): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw new CodedError(role.code, describe({ path, role, cause, verb: "read" }), { cause });
  }
}

/** The whole file as UTF-8 text without a byte order mark. Bytes that are not UTF-8 are refused, not replaced. */
export async function readText(path: string, role: FileRole): Promise<string> {
  const bytes = await readBytes(path, role);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new CodedError(role.code, `The ${role.what} ${path} is not UTF-8 text. Save it as UTF-8.`, {
      cause,
    });
  }
}

/**
 * The file is there whole or not at all, also after a crash: written beside its place, synced, renamed over it, and
 * the directory synced so that the name is kept as well. Rejects with a CodedError; the former content is then untouched.
 */
export async function writeAtomically(
  path: string,
  content: Uint8Array | string,
  role: FileRole,
): Promise<void> {
  if (await isSpecial(path)) {
    const message = `The ${role.what} ${path} cannot be written. It is a device, a pipe or a socket. Name a file.`;
    throw new CodedError(role.code, message);
  }
  const temporary = `${path}.${randomBytes(6).toString("hex")}.tmp`;
  try {
    const file = await open(temporary, "wx", role.mode);
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
    const directory = await open(dirname(path));
    await directory.sync().finally(() => directory.close());
  } catch (cause) {
    await rm(temporary, { force: true });
    throw new CodedError(role.code, describe({ path, role, cause, verb: "written" }), { cause });
  }
}

/** A rename would put a file in the place of /dev/null. Where nothing is yet, or cannot be seen, the write itself tells. */
async function isSpecial(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found !== undefined && !found.isFile() && !found.isDirectory();
}

const ADVICE: Readonly<Record<string, string>> = {
  ENOENT: "It does not exist. Check the path.",
  EACCES: "Permission denied. Give this user access to it.",
  EPERM: "Permission denied. Give this user access to it.",
  EISDIR: "It is a directory. Name a file.",
  ELOOP: "It is a link that leads back to itself. Mend the link.",
  ENOTDIR: "A part of the path is not a directory. Check the path.",
  ENOSPC: "The disk is full. Free some space.",
  EROFS: "The file system is read-only. Choose another place.",
};

function describe(failure: {
  readonly path: string;
  readonly role: FileRole;
  readonly cause: unknown;
  readonly verb: "read" | "written";
}): string {
  const { path, role, cause, verb } = failure;
  return `The ${role.what} ${path} cannot be ${verb}. ${adviceOn(cause, verb)}`;
}

function adviceOn(cause: unknown, verb: string): string {
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  if (verb === "written" && code === "ENOENT") return "Its directory does not exist. Make it first.";
  return ADVICE[code] ?? (cause instanceof Error ? cause.message : String(cause));
}
