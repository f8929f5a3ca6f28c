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

/** All else is lines. */
const DECLARED: Readonly<Partial<Record<StreamFormat, FileFormat>>> = {
  csv: "csv",
  parquet: "parquet",
  arrow: "arrow",
};

/**
 * The rows of a .jsonl, .csv (both also .gz), .parquet or .arrow file, in batches of at most `batchRows`, holding at most
 * one row group of the file in memory. Throws SOURCE_INVALID where it is missing, truncated or not what its name says.
 */
export async function* readRows(options: RowsOptions): AsyncGenerator<SourceBatch, void, void> {
  const name = basename(options.file).toLowerCase();
  const gzipped = name.endsWith(".gz");
  const plainName = gzipped ? name.slice(0, -3) : name;
  const format =
    EXTENSIONS.find(([extension]) => plainName.endsWith(extension))?.[1] ??
    DECLARED[options.format] ??
    "json-lines";
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

/** By format: what a file is not, for people. */
const DESCRIBED: Readonly<Record<FileFormat, string>> = {
  "json-lines": "is no file of JSON lines",
  csv: "is no csv file",
  parquet: "is no Parquet file, or not a whole one",
  arrow: "is no Arrow file or stream, or not a whole one",
};

const FILE_FAULTS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file; check the path",
  EISDIR: "it is a directory; name one file in it",
  EACCES: "it may not be read; give its reader the right to",
  EPERM: "it may not be read; give its reader the right to",
};

/** The libraries' own words, about bytes and their fields, help nobody but us: they stay in the cause. */
function sourceInvalid(file: string, format: FileFormat, error: unknown): CodedError {
  return new CodedError("SOURCE_INVALID", `${file}: ${faultOf(format, error)}.`, { cause: error });
}

function faultOf(format: FileFormat, error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (error instanceof Error && "syscall" in error) {
    return FILE_FAULTS[code] ?? `it cannot be opened (${code})`;
  }
  // Zlib's codes: Z_BUF_ERROR is an end before the end, Z_DATA_ERROR a beginning or a check sum that is wrong.
  if (code === "Z_BUF_ERROR") return "it is truncated gzip; write it again, whole";
  if (code.startsWith("Z_"))
    return "it is no gzip file, or a damaged one; name it without .gz, or write it again";
  const message = error instanceof Error ? error.message : "";
  // A sound file in a dialect that is not read: the library knows which.
  if (/unsupported|not (implemented|supported)/i.test(message)) {
    return `it is written in a way that is not read here: ${message}; write it again without`;
  }
  return `it ${DESCRIBED[format]}; write it again, or name it by its format (.jsonl, .csv, .parquet, .arrow)`;
}
