import type { RecordBatch, SourceBatch, TableBatch } from "./records.ts";

/** The first rows of a source, as columns of plain values: what inference looks at. */
export interface Sample {
  readonly rows: number;
  readonly columns: readonly SampleColumn[];
  /** Fields in which nothing stands but missing values, null or "". */
  readonly withoutValue: readonly (readonly string[])[];
  /** Fields beyond those that are looked at. */
  readonly left: number;
  /** A columnar file; else JSON records. */
  readonly isTable: boolean;
  /** Every cell is text (csv), so that numerals are numbers; elsewhere they are texts that somebody chose. */
  readonly isText: boolean;
}

export interface SampleColumn {
  /** Tokens from the record to the value: ["features", "amount"]. */
  readonly path: readonly string[];
  /** Those that are there: neither missing, null nor "". */
  readonly values: readonly unknown[];
}

/** A source with more fields than this is not looked at further. */
export const MOST_COLUMNS = 2_000;
/** Fields beyond are counted up to here: records may make up their names. */
const MOST_COUNTED = 100_000;
/** Objects within objects are fields of their own down to here. */
const DEEPEST = 3;

/**
 * Records that are no JSON object say nothing here; decoding counts them. `paths` are known to lead to something: objects are
 * followed along them however deep, and lists, which else are values. `only` leaves out all rows but those with this text there.
 */
export function sampleOf(
  batches: readonly SourceBatch[],
  options: {
    readonly isText?: boolean;
    readonly paths?: readonly (readonly string[])[];
    readonly only?: Only;
  } = {},
): Sample {
  const { isText = false, paths = [], only } = options;
  const found = new Map<string, { path: readonly string[]; values: unknown[] }>();
  const empty = new Map<string, readonly string[]>();
  const beyond = new Set<string>();
  const add = (path: readonly string[], value: unknown): void => {
    if (value === null || value === undefined || value === "") {
      if (empty.size < MOST_COLUMNS) empty.set(keyOf(path), path);
      return;
    }
    const isObject = typeof value === "object" && !Array.isArray(value) && !(value instanceof Date);
    if (isObject && (path.length < DEEPEST || paths.some((known) => isHead(path, known)))) {
      for (const [name, member] of Object.entries(value)) add([...path, name], member);
      return;
    }
    const positions = Array.isArray(value) ? positionsAt(path, paths) : [];
    if (Array.isArray(value) && positions.length > 0) {
      for (const position of positions) add([...path, position], value[Number(position)]);
      return;
    }
    const key = keyOf(path);
    const column = found.get(key);
    if (column !== undefined) column.values.push(value);
    else if (found.size < MOST_COLUMNS) found.set(key, { path, values: [value] });
    else if (beyond.size < MOST_COUNTED) beyond.add(key);
  };
  let rows = 0;
  for (const batch of batches) {
    rows += batch.kind === "table" ? addTable(batch, { add, only }) : addRecords(batch, { add, only });
  }
  const columns = [...found.values()];
  const branches = new Set(columns.flatMap(({ path }) => path.map((_, i) => keyOf(path.slice(0, i + 1)))));
  const withoutValue = [...empty].flatMap(([key, path]) =>
    branches.has(key) || beyond.has(key) ? [] : [path],
  );
  const isTable = batches.some(({ kind }) => kind === "table");
  return { rows, columns, withoutValue, left: beyond.size, isTable, isText };
}

function isHead(path: readonly string[], known: readonly string[]): boolean {
  return path.length <= known.length && path.every((token, at) => known[at] === token);
}

/** The positions of a list at `path` that known paths lead through. */
function positionsAt(path: readonly string[], paths: readonly (readonly string[])[]): string[] {
  const through = paths.filter((known) => known.length > path.length && isHead(path, known));
  return [...new Set(through.map((known) => known[path.length] ?? ""))].filter((token) =>
    /^[0-9]+$/.test(token),
  );
}

/** Asked for every cell, and so not JSON: nobody puts the separator in a name. */
function keyOf(path: readonly string[]): string {
  return path.length === 1 ? path[0] : path.join("\u0000");
}

type Add = (path: readonly string[], value: unknown) => void;

/** The rows whose value at `path` is this text. */
interface Only {
  readonly path: readonly string[];
  readonly value: string;
}

interface Taking {
  readonly add: Add;
  readonly only: Only | undefined;
}

/** Answers how many rows it has looked at, as the other one does. */
function addTable(batch: TableBatch, { add, only }: Taking): number {
  const wanted = only === undefined ? undefined : batch.columns[only.path.join(".")];
  const isLeft = (row: number): boolean => only !== undefined && String(wanted?.[row]) !== only.value;
  let rows = 0;
  for (let row = 0; row < batch.count; row += 1) if (!isLeft(row)) rows += 1;
  for (const [name, values] of Object.entries(batch.columns)) {
    const path = [name];
    for (let row = 0; row < batch.count; row += 1) {
      if (batch.broken?.[row] !== 1 && !isLeft(row)) add(path, values[row]);
    }
  }
  return rows;
}

function addRecords(batch: RecordBatch, { add, only }: Taking): number {
  const decoder = new TextDecoder();
  let rows = 0;
  for (let i = 0; i < batch.count; i += 1) {
    const value = batch.values[i];
    const record = value === null ? {} : parseObject(decoder.decode(value));
    if (only !== undefined && String(valueAt(record, only.path)) !== only.value) continue;
    rows += 1;
    for (const [name, member] of Object.entries(record)) add([name], member);
  }
  return rows;
}

function valueAt(record: object, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (value, token) =>
      typeof value === "object" && value !== null && Object.hasOwn(value, token)
        ? Object.entries(value).find(([name]) => name === token)?.[1]
        : undefined,
    record,
  );
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
