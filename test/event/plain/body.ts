import type { ByteSpan } from "../../../src/event/byte-table.ts";
import { BOOLEAN, MISSING, NUMBER, OTHER, TEXT } from "../../../src/event/tensor-body.ts";
import type { Tensor, TensorBody } from "../../../src/event/tensor-body.ts";
import type { PlainJson } from "./json.ts";

/** A value that no column takes. */
export const OTHER_CELL = { other: true } as const;

/** A bigint is a whole number that float64 may not hold. */
export type PlainCell = null | number | boolean | string | bigint | typeof OTHER_CELL;

export interface PlainTensor {
  readonly name: string;
  readonly datatype: string;
  /** As many as the body has. */
  readonly rows: readonly (readonly PlainCell[])[];
}

/** A body as plain values: what a reader that does not care for speed makes of it. */
export interface PlainBody {
  readonly kind: string;
  readonly id: string;
  readonly model: string;
  readonly version: string;
  readonly rows: number;
  readonly tensors: readonly PlainTensor[];
}

/** A tensor before the rows of the others are known. */
export interface PlainDraft {
  readonly name: string;
  readonly datatype: string;
  /** The first dimension. */
  readonly rows: number;
  readonly width: number;
  cells: readonly PlainCell[];
}

/** One row beside several is every row's; undefined where tensors differ otherwise. */
export function alignTensors(
  drafts: readonly PlainDraft[],
): { rows: number; tensors: PlainTensor[] } | undefined {
  const counts = new Set(drafts.filter(({ rows, width }) => rows === 0 || width > 0).map(({ rows }) => rows));
  if (counts.size > 1) counts.delete(1);
  if (counts.size > 1) return undefined;
  const rows = [...counts][0] ?? 0;
  const tensors = drafts.map((draft) => ({
    name: draft.name,
    datatype: draft.datatype,
    rows: Array.from({ length: rows }, (_, row) => {
      const at = (draft.rows === rows ? row : 0) * draft.width;
      return draft.cells.slice(at, at + draft.width);
    }),
  }));
  return { rows, tensors };
}

export function shownBody(body: TensorBody): PlainBody {
  const { kind, id, model, version, rows, count, tensors } = body;
  return {
    kind,
    id: shownSpan(id),
    model: shownSpan(model),
    version: shownSpan(version),
    rows,
    tensors: tensors.slice(0, count).map((t) => shownTensor(t, rows)),
  };
}

function shownSpan({ bytes, start, stop }: ByteSpan): string {
  return Buffer.from(bytes.subarray(start, stop)).toString();
}

function shownTensor(tensor: Tensor, rows: number): PlainTensor {
  return {
    name: tensor.name,
    datatype: tensor.datatype,
    rows: Array.from({ length: rows }, (_, row) =>
      Array.from({ length: tensor.width }, (_, i) => shownCell(tensor, row * tensor.stride + i)),
    ),
  };
}

function shownCell(tensor: Tensor, cell: number): PlainCell {
  const value = tensor.numbers[cell];
  const start = tensor.hasTexts ? tensor.starts[cell] : -1;
  const text =
    start < 0 ? undefined : Buffer.from(tensor.bytes.subarray(start, tensor.stops[cell])).toString();
  const state = tensor.states[cell];
  if (state === NUMBER) return text === undefined ? value : BigInt(text);
  if (state === BOOLEAN && (value === 0 || value === 1) && text === undefined) return value === 1;
  if (!Number.isNaN(value)) throw new Error(`cell ${cell} of ${tensor.name} is no number, but has one`);
  if (state === TEXT && text !== undefined) return text;
  if (text !== undefined) throw new Error(`cell ${cell} of ${tensor.name} is no text, but has one`);
  if (state === MISSING) return null;
  if (state === OTHER) return OTHER_CELL;
  throw new Error(`cell ${cell} of ${tensor.name} is nothing`);
}

/** A JSON value that is no array. */
export function plainScalar(value: PlainJson): PlainCell {
  switch (value.type) {
    case "number": {
      const number = Number(value.text);
      return Math.abs(number) >= 2 ** 53 && /^-?[0-9]+$/.test(value.text) ? BigInt(value.text) : number;
    }
    case "string":
      return value.text;
    case "word":
      if (value.text === "null") return null;
      return /true|false/.test(value.text) ? value.text === "true" : Number(value.text);
    default:
      return OTHER_CELL;
  }
}
