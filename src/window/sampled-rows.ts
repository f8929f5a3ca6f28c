import { CodedError } from "../config/coded-error.ts";
import { openBytes, packBytes } from "../counts/packed.ts";
import type { BatchColumn, EventBatch } from "../event/batch.ts";
import { addFault, createBatch, resetBatch } from "../event/columns.ts";
import { LEARN_LIMIT } from "../event/batch.ts";
import type { EventPlan } from "../event/batch.ts";
import { SAMPLE_ROWS } from "./learning-plan.ts";

/**
 * A value of a sampled row: a number, or the name of one that is none (NaN, Infinity); the name of a category (of a hashed
 * column: its hash), or 0 for one beyond those that a dictionary holds; null where there is none, false where it is a fault.
 */
type Cell = number | string | null | false;

/** A row as it was chosen: sixteen hexadecimal digits that say how early, its event time (ms), its cells by column. */
export interface SampledRow {
  readonly rank: string;
  readonly time: number;
  readonly cells: readonly Cell[];
}

/** What was kept of some span of one task's rows, or of all tasks'. */
export interface Sampled {
  /** Rows that were there to choose from, by start of their pane; ms. */
  readonly arrived: readonly (readonly [start: number, rows: number])[];
  /** Rows whose rank begins with so many zero bits are all here, up to SAMPLE_ROWS of them; of others there may be some. */
  readonly level: number;
  readonly rows: readonly SampledRow[];
}

/** Which bits a rank must begin with to be in a sample of this level. */
function levelOf(rank: string): number {
  return Math.clz32(Number.parseInt(rank.slice(0, 8), 16));
}

/** Reads one row of a batch as it is kept. `isFault` says of a column whether its cell in this row is one. */
export function sampleRow(
  batch: EventBatch,
  row: number,
  { rank, isFault }: { readonly rank: string; readonly isFault: (column: number) => boolean },
): SampledRow {
  const cells = batch.columns.map((column, position) => (isFault(position) ? false : cellOf(column, row)));
  return { rank, time: batch.time[row], cells };
}

function cellOf(column: BatchColumn, row: number): Cell {
  if (((column.validity[row >> 3] >> (row & 7)) & 1) === 0) return null;
  if (column.type === "category") return column.categories[column.codes[row]] ?? 0;
  const value = column.values[row];
  return Number.isFinite(value) ? value : String(value);
}

/**
 * The rows of the smallest ranks of all, whatever order and parts they come in; a row that is in several parts is there as
 * often, so that parts must not overlap.
 */
export function mergeSampled(parts: readonly Sampled[]): Sampled {
  const level = parts.reduce((most, part) => Math.max(most, part.level), 0);
  const arrived = new Map<number, number>();
  for (const part of parts)
    for (const [start, rows] of part.arrived) arrived.set(start, (arrived.get(start) ?? 0) + rows);
  const rows = parts.flatMap((part) => part.rows.filter(({ rank }) => levelOf(rank) >= level));
  return {
    arrived: [...arrived].toSorted(([a], [b]) => a - b),
    level,
    rows: rows.toSorted(inOrder).slice(0, SAMPLE_ROWS),
  };
}

/** Rows of one id are told apart by what they hold. */
function inOrder(a: SampledRow, b: SampledRow): number {
  if (a.rank !== b.rank) return a.rank < b.rank ? -1 : 1;
  const [one, other] = [a, b].map(({ time, cells }) => JSON.stringify([time, cells]));
  return one < other ? -1 : one > other ? 1 : 0;
}

/** A batch of the sample's rows, in the order of their times, as a decoder would have made it of their records. */
export function batchOfSample(plan: EventPlan, sampled: readonly SampledRow[]): EventBatch {
  const rows = sampled.toSorted((a, b) => a.time - b.time || inOrder(a, b));
  const capacity = Math.max(1, rows.length);
  const dictionaries = plan.columns.map(({ type, categories }) =>
    type === "number" ? undefined : { categories: [...categories] },
  );
  const batch = createBatch({ plan, dictionaries, versions: [""], capacity });
  resetBatch(batch, capacity);
  const codes = dictionaries.map(
    (dictionary) => new Map((dictionary?.categories ?? []).map((name, code) => [name, code])),
  );
  for (const [row, { time, cells }] of rows.entries()) {
    batch.time[row] = time;
    for (const [position, cell] of cells.entries()) {
      const column = batch.columns[position];
      if (cell === false) addFault(batch, row, position);
      if (cell === false || cell === null) continue;
      column.validity[row >> 3] |= 1 << (row & 7);
      if (column.type === "number") column.values[row] = Number(cell);
      else
        column.codes[row] =
          typeof cell === "string"
            ? codeOf(codes[position], dictionaries[position]?.categories, cell)
            : LEARN_LIMIT;
    }
  }
  batch.rows = rows.length;
  return batch;
}

function codeOf(codes: Map<string, number>, categories: string[] | undefined, name: string): number {
  const known = codes.get(name);
  if (known !== undefined) return known;
  const code = codes.size;
  codes.set(name, code);
  categories?.push(name);
  return code;
}

export function packSampled({ arrived, level, rows }: Sampled): Uint8Array {
  const plain = { arrived, level, rows: rows.map(({ rank, time, cells }) => [rank, time, ...cells]) };
  return packBytes(new TextEncoder().encode(JSON.stringify(plain)));
}

/**
 * The bytes must have passed checkPacked.
 * @throws CodedError STATE_FAILED where they are sealed under a key that is not at hand
 */
export function unpackSampled(packed: Uint8Array): Sampled {
  // Written by packSampled, or sealed by the store, and guarded by the pane's checksum.
  const { arrived, level, rows, sealed } = JSON.parse(new TextDecoder().decode(openBytes(packed))) as Pick<
    Sampled,
    "arrived" | "level"
  > & { readonly rows: readonly [string, number, ...Cell[]][]; readonly sealed?: string };
  if (sealed !== undefined) {
    const message =
      "The rows that a model learns its reference of were sealed under another privacy.keyFile. Bring that key back, or begin anew by another `learn`, such as 6d in place of 7d.";
    throw new CodedError("STATE_FAILED", message);
  }
  return { arrived, level, rows: rows.map(([rank, time, ...cells]) => ({ rank, time, cells })) };
}
