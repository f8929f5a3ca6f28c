import { open, rename } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { dirname } from "node:path";

/** A file that lines are appended to; durable once written. */
export interface LineFile {
  open(): Promise<void>;
  /** Lines without their ends. What it rejects may be there in part: it is to be written again. */
  write(lines: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

/**
 * At half of `max` bytes the file becomes FILE.1, in place of the one that was there, and `turned` is called: both together
 * stay below `max`, unless one write alone is longer. Without `max` it grows.
 */
export function createLineFile(options: {
  readonly file: string;
  readonly max?: number;
  readonly turned?: () => void;
}): LineFile {
  const { file, max = Number.POSITIVE_INFINITY, turned } = options;
  let handle: FileHandle | undefined;
  let size = 0;

  const openFile = async (): Promise<FileHandle> => {
    const opened = await open(file, "a+");
    const { size: found } = await opened.stat();
    size = found;
    // A crash, or a disk that was full, may have left half a line.
    const last = Buffer.alloc(1);
    if (found > 0) await opened.read(last, 0, 1, found - 1);
    if (found > 0 && last.toString() !== "\n") await opened.appendFile("\n");
    await syncDirectory(file);
    handle = opened;
    return opened;
  };

  const closeFile = async (): Promise<void> => {
    const closing = handle;
    handle = undefined;
    await closing?.close();
  };

  return {
    async open() {
      await openFile();
    },
    async write(lines) {
      const text = lines.map((line) => `${line}\n`).join("");
      const length = Buffer.byteLength(text);
      try {
        if (handle === undefined) await openFile();
        if (size > 0 && size + length > max / 2) {
          await closeFile();
          await rename(file, `${file}.1`);
          turned?.();
        }
        const current = handle ?? (await openFile());
        await current.appendFile(text);
        await current.datasync();
        size += length;
      } catch (error) {
        // Opened anew by the next attempt, which then ends what was begun.
        await closeFile().catch(() => undefined);
        throw error;
      }
    },
    close: closeFile,
  };
}

/** So that the name is kept as well. */
async function syncDirectory(file: string): Promise<void> {
  const directory = await open(dirname(file));
  await directory.sync().finally(() => directory.close());
}
