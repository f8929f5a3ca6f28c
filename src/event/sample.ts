import type { RecordBatch, SourceBatch, TableBatch } from "./records.ts";

/** The first rows of a source, as columns of plain values: what inference looks at. */
export interface Sample {
  readonly rows: number;
  readonly columns: readonly SampleColumn[];
  /** A columnar file; else JSON records. */
  readonly isTable: boolean;
}

export interface SampleColumn {
  /** Tokens from the record to the value: ["features", "amount"]. */
  readonly path: readonly string[];
  /** Those that are there: neither missing, null nor "". */
  readonly values: readonly unknown[];
}

/** A record with more fields than this is not looked at further. */
const MOST_COLUMNS = 2_000;
/** Objects within objects are fields of their own down to here. */
const DEEPEST = 3;

/** Records that are no JSON object say nothing here; decoding counts them. */
export function sampleOf(batches: readonly SourceBatch[]): Sample {
  const found = new Map<string, { path: readonly string[]; values: unknown[] }>();
  const add = (path: readonly string[], value: unknown): void => {
    if (value === null || value === undefined || value === "") return;
    const isBranch = typeof value === "object" && !Array.isArray(value) && !(value instanceof Date);
    if (isBranch && path.length < DEEPEST) {
      for (const [name, member] of Object.entries(value)) add([...path, name], member);
      return;
    }
    const key = JSON.stringify(path);
    const column = found.get(key);
    if (column !== undefined) column.values.push(value);
    else if (found.size < MOST_COLUMNS) found.set(key, { path, values: [value] });
  };
  let rows = 0;
  for (const batch of batches) {
    rows += batch.count;
    if (batch.kind === "table") addTable(batch, add);
    else addRecords(batch, add);
  }
  return { rows, columns: [...found.values()], isTable: batches.some(({ kind }) => kind === "table") };
}

type Add = (path: readonly string[], value: unknown) => void;

function addTable(batch: TableBatch, add: Add): void {
  for (const [name, values] of Object.entries(batch.columns)) {
    for (let row = 0; row < batch.count; row += 1) {
      if (batch.broken?.[row] !== 1) add([name], values[row]);
    }
  }
}

function addRecords(batch: RecordBatch, add: Add): void {
  const decoder = new TextDecoder();
  for (let i = 0; i < batch.count; i += 1) {
    const value = batch.values[i];
    if (value === null) continue;
    const record = parseObject(decoder.decode(value));
    for (const [name, member] of Object.entries(record)) add([name], member);
  }
}

function parseObject(text: string): object {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value : {};
  } catch {
    // Undecodable records are counted where they are decoded.
    return {};
  }
}
