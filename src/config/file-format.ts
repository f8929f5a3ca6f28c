/** How a file of rows is written. `lines` are JSON lines, whose layout the name does not tell. */
export type FileFormat = "lines" | "csv" | "parquet" | "arrow";

const ENDINGS: ReadonlyMap<string, FileFormat> = new Map([
  ["jsonl", "lines"],
  ["ndjson", "lines"],
  ["json", "lines"],
  ["csv", "csv"],
  ["parquet", "parquet"],
  ["parq", "parquet"],
  ["pq", "parquet"],
  ["arrow", "arrow"],
  ["arrows", "arrow"],
  ["feather", "arrow"],
]);

/** The endings that people are told of; the others are their other names. */
export const KNOWN_ENDINGS = ".jsonl or .csv (both also .gz), .parquet, .arrow";

/**
 * What a file's name says of how it is written; undefined where it says nothing that can be read. Parquet and Arrow are packed
 * inside, and read from their ends: a .gz of them is neither.
 */
export function formatOfFile(file: string): FileFormat | undefined {
  const [, ending = "", gzip] = /\.([a-z]+)(\.gz)?$/i.exec(file) ?? [];
  const format = ENDINGS.get(ending.toLowerCase());
  return gzip !== undefined && format !== "lines" && format !== "csv" ? undefined : format;
}
