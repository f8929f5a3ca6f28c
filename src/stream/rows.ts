import { createReadStream } from "node:fs";
import { basename } from "node:path";
import { pipeline } from "node:stream";
import { createGunzip } from "node:zlib";
import { CodedError } from "../config/coded-error.ts";
import type { StreamFormat } from "../config/config.ts";
import type { SourceBatch } from "../event/records.ts";
import type { RowsOptions } from "./row-batch.ts";

type FileFormat = "json-lines" | "csv" | "parquet" | "arrow";

const EXTENSIONS: readonly (readonly [string, FileFormat])[] = [
  [".jsonl", "json-lines"],
  [".ndjson", "json-lines"],
  [".json", "json-lines"],
  [".csv", "csv"],
  [".parquet", "parquet"],
  [".arrow", "arrow"],
  [".arrows", "arrow"],
  [".feather", "arrow"],
];

const DECLARED: Readonly<Record<StreamFormat, FileFormat>> = {
  native: "json-lines",
  json: "json-lines",
  csv: "csv",
  parquet: "parquet",
  arrow: "arrow",
};

/**
 * The rows of a .jsonl, .csv (both also .gz), .parquet or .arrow file, in batches of at most BATCH_ROWS, holding at most
 * one row group of the file in memory. Throws SOURCE_INVALID where it is missing, truncated or not what its name says.
 */
export async function* readRows(options: RowsOptions): AsyncGenerator<SourceBatch, void, void> {
  const name = basename(options.file).toLowerCase();
  const gzipped = name.endsWith(".gz");
  const plainName = gzipped ? name.slice(0, -3) : name;
  const format =
    EXTENSIONS.find(([extension]) => plainName.endsWith(extension))?.[1] ?? DECLARED[options.format];
  try {
    yield* readFormat(options, format, gzipped);
  } catch (error) {
    throw error instanceof CodedError ? error : sourceInvalid(options.file, format, error);
  }
}

/** A reader is imported when a file needs it: Arrow's library alone takes longer to load than a small file to read. */
async function* readFormat(
  options: RowsOptions,
  format: FileFormat,
  gzipped: boolean,
): AsyncGenerator<SourceBatch, void, void> {
  switch (format) {
    case "json-lines": {
      const { readJsonLines } = await import("./json-lines.ts");
      return yield* readJsonLines(readChunks(options.file, gzipped), options);
    }
    case "csv": {
      const { readCsv } = await import("./csv.ts");
      return yield* readCsv(readChunks(options.file, gzipped), options);
    }
    case "parquet": {
      const { readParquet } = await import("./parquet.ts");
      return yield* readParquet(options);
    }
    case "arrow": {
      const { readArrow } = await import("./arrow.ts");
      return yield* readArrow(options);
    }
  }
}

async function* readChunks(file: string, gzipped: boolean): AsyncGenerator<Uint8Array, void, void> {
  const raw = createReadStream(file, { highWaterMark: 1 << 18 });
  // pipeline() hands a failure of either stream to the loop below; its callback has nothing to add.
  yield* gzipped ? pipeline(raw, createGunzip(), () => {}) : raw;
}

function sourceInvalid(file: string, format: FileFormat, error: unknown): CodedError {
  const reason = error instanceof Error ? error.message : String(error);
  // Only errors of the file system carry a code such as ENOENT; they say best what is wrong.
  if (error instanceof Error && "code" in error && "syscall" in error) {
    const missing = error.code === "ENOENT";
    const what = missing ? "there is no such file; check the path" : `it cannot be opened: ${reason}`;
    return new CodedError("SOURCE_INVALID", `${file}: ${what}.`, { cause: error });
  }
  const message = `${file}: it cannot be read as ${format}: ${reason}. It may be truncated or of another format; write it again, or name it by its format.`;
  return new CodedError("SOURCE_INVALID", message, { cause: error });
}
