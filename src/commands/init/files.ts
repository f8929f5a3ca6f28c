import { mkdir, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { CodedError } from "../../config/coded-error.ts";
import { relativePath, resolvePath } from "../../config/path.ts";
import { writeAtomically } from "../../runtime/files.ts";

/** A file that is to be written. */
export interface NewFile {
  /** As seen from the project's directory. */
  readonly path: string;
  readonly content: Uint8Array | string;
  /** Readable by its owner only. */
  readonly isSecret?: true;
}

export async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}

/** @throws CodedError USAGE with all of those that are there already */
export async function refuseExisting(
  paths: readonly string[],
  directory: string,
  cwd: string,
): Promise<void> {
  const there: string[] = [];
  for (const path of paths) if (await exists(resolvePath(directory, path))) there.push(path);
  if (there.length === 0) return;
  const found = there.map((path) => relativePath(cwd, resolvePath(directory, path))).join(", ");
  const verb = there.length === 1 ? "is" : "are";
  throw new CodedError(
    "USAGE",
    `${found} ${verb} there already, and nothing was written. Name another directory with --output, or overwrite with --force.`,
  );
}

/** Writes all of them, and the directories that they stand in. */
export async function writeFiles(files: readonly NewFile[], directory: string): Promise<void> {
  for (const { path, content, isSecret } of files) {
    const place = resolvePath(directory, path);
    try {
      await mkdir(dirname(place), { recursive: true });
    } catch (cause) {
      const message = `The directory ${dirname(place)} cannot be made. Name another one with --output.`;
      throw new CodedError("CONFIG_INVALID", message, { cause });
    }
    const role = { what: "file", code: "CONFIG_INVALID" } as const;
    await writeAtomically(place, content, isSecret === true ? { ...role, mode: 0o600 } : role);
  }
}
