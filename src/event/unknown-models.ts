import { addCode, createByteTable, findCode } from "./byte-table.ts";
import type { EventPlan } from "./batch.ts";
import type { ByteSpan, ByteTable } from "./byte-table.ts";

/** Names that records gave of models which no rule file of their stream has: the first few, since a producer may make names up. */
export interface UnknownModels {
  /** How many are kept. */
  readonly most: number;
  /** Positions in `names`. */
  readonly known: ByteTable;
  readonly names: string[];
}

const MOST = 16;
/** A longer text is no name; bytes. */
const LONGEST = 128;

type Personal = Pick<EventPlan, "columns" | "hidesIds">;

/** @param plans the stream's */
export function createUnknownModels(plans: readonly Personal[]): UnknownModels {
  return { most: withholdsNames(plans) ? 0 : MOST, known: createByteTable(), names: [] };
}

/** Beside personal data a name that nobody knows may be anything, and none is kept. */
export function withholdsNames(plans: readonly Personal[]): boolean {
  return plans.some(({ columns, hidesIds }) => hidesIds === true || columns.some(({ pii }) => pii));
}

/** @param span the name as it came, hashed */
export function noteUnknownModel({ most, known, names }: UnknownModels, span: ByteSpan): void {
  const { bytes, start, stop } = span;
  if (names.length >= most || stop === start || stop - start > LONGEST || findCode(known, span) >= 0) return;
  const name = bytes.slice(start, stop);
  addCode(known, name, names.length);
  names.push(new TextDecoder().decode(name));
}
