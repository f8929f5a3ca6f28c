import { createReadStream } from "node:fs";
import { pipeline } from "node:stream";
import { createGunzip } from "node:zlib";
import { CodedError } from "../config/coded-error.ts";
import type { StreamFormat } from "../config/config.ts";
import { formatOfFile, KNOWN_ENDINGS, type FileFormat } from "../config/file-format.ts";
import type { SourceBatch } from "../event/records.ts";
import type { RowsOptions } from "./row-batch.ts";

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
  const gzipped = options.file.toLowerCase().endsWith(".gz");
  const format = formatOfFile(options.file) ?? DECLARED[options.format] ?? "lines";
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
    case "lines": {
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
  const chunks: AsyncIterable<Uint8Array> = gzipped ? pipeline(raw, createGunzip(), () => {}) : raw;
  let isFirst = true;
  for await (const chunk of chunks) {
    if (isFirst) refuseTable(chunk, file);
    isFirst = false;
    yield chunk;
  }
}

/** How tables begin that are not text: nothing that could be read as lines begins so. */
const BEGINNINGS = [
  ["PAR1", "Parquet", ".parquet"],
  ["ARROW1", "Arrow", ".arrow"],
] as const;

/** What was read of its first lines would say nothing of what is wrong. */
function refuseTable(chunk: Uint8Array, file: string): void {
  const beginning = Buffer.from(chunk.buffer, chunk.byteOffset, Math.min(chunk.length, 6)).toString("latin1");
  const found = BEGINNINGS.find(([mark]) => beginning.startsWith(mark));
  if (found === undefined) return;
  const [, format, ending] = found;
  const remedy = file.toLowerCase().endsWith(".gz") ? "unpack it, and let it end in" : "let it end in";
  const message = `${file}: it holds ${format}, which its name does not say; ${remedy} ${ending}.`;
  throw new CodedError("SOURCE_INVALID", message);
}

/** By format: what a file is not, for people. */
const DESCRIBED: Readonly<Record<FileFormat, string>> = {
  lines: "is no file of JSON lines",
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
  return `it ${DESCRIBED[format]}; write it again, or name it by its format (${KNOWN_ENDINGS})`;
}
