import type { FieldMap } from "../config/config.ts";
import type { ColumnPlan, EventBatch, EventPlan } from "./batch.ts";
import { createSpan } from "./byte-table.ts";
import type { Dictionary } from "./dictionary.ts";
import { columnPaths, fieldPath } from "./field-map.ts";
import type { Cells } from "./json-cell.ts";
import { MAX_DEPTH } from "./json-skip.ts";
import { addTarget, BOOLEAN, CATEGORY, createNode, createSlot, NUMBER, POSITION } from "./json-trie.ts";
import type { Slot } from "./json-trie.ts";
import { CONFIDENCE, createFound, ENTROPY } from "./probabilities.ts";
import type { ProbabilityCells } from "./probabilities.ts";
import { createWalk } from "./json-walk.ts";
import type { Walk } from "./json-walk.ts";

/** Positions of the envelope's fields in `cells.positions`. */
export const ID = 0;
export const TIME = 1;
export const MODEL = 2;
export const VERSION = 3;
const ENVELOPE = ["id", "time", "model", "version"] as const;

/** A plan compiled for JSON records: the trie of its pointers and the cells that the walk writes. */
export interface JsonPlan {
  readonly walk: Walk;
  readonly cells: Cells;
  /** By column. */
  readonly slots: readonly Slot[];
  /** Columns with a second place, which counts where the first has nothing. */
  readonly second: readonly { readonly column: number; readonly position: number }[];
  /** Present where the plan has a column that is computed of them. */
  readonly probabilities?: ProbabilityCells;
}

/** @param dictionaries by column; undefined for numbers */
export function compileJsonPlan(
  plan: EventPlan,
  map: FieldMap,
  dictionaries: readonly (Dictionary | undefined)[],
): JsonPlan {
  const root = createNode(new Uint8Array(0));
  for (const [position, field] of ENVELOPE.entries()) {
    if (field === "id" && !plan.needsId) continue;
    const path = fieldPath(map, field);
    if (path !== undefined && path.length > 0) addTarget(root, path, createSlot(POSITION, position));
  }
  const second: { column: number; position: number }[] = [];
  const slots = plan.columns.map((column, index) => {
    const slot = createColumnSlot(column, index, dictionaries[index]);
    for (const [rank, path] of columnPaths(map, column).entries()) {
      if (path.length === 0) continue;
      if (rank === 0) addTarget(root, path, slot);
      else {
        const position = ENVELOPE.length + second.length;
        addTarget(root, path, createSlot(POSITION, position));
        second.push({ column: index, position });
      }
    }
    return slot;
  });
  const probabilities = findProbabilities(plan, slots);
  const path = fieldPath(map, "probabilities");
  const last = ENVELOPE.length + second.length;
  const isWanted = probabilities !== undefined && path !== undefined && path.length > 0;
  if (isWanted) addTarget(root, path, createSlot(POSITION, last));
  const cells: Cells = {
    bytes: new Uint8Array(0),
    row: 0,
    positions: new Int32Array(last + 1),
    stops: new Int32Array(last + 1),
    faulty: new Uint8Array(plan.columns.length),
    faults: 0,
    scratch: new Uint8Array(0),
    open: new Uint8Array(MAX_DEPTH),
    span: createSpan(),
    number: new Float64Array(1),
  };
  const compiled = { walk: createWalk(root, cells), cells, slots, second };
  return isWanted ? { ...compiled, probabilities: { ...probabilities, position: last } } : compiled;
}

/** The slots of the columns that are computed of probabilities; undefined where there are none. */
function findProbabilities(
  plan: EventPlan,
  slots: readonly Slot[],
): Omit<ProbabilityCells, "position"> | undefined {
  const find = (name: string): Slot | undefined =>
    slots[plan.columns.findIndex((column) => column.name === name && column.role === "output")];
  const [confidence, entropy] = [find(CONFIDENCE), find(ENTROPY)];
  if (confidence === undefined && entropy === undefined) return undefined;
  return { confidence, entropy, found: createFound() };
}

function createColumnSlot(column: ColumnPlan, index: number, dictionary: Dictionary | undefined): Slot {
  const kind = column.type === "number" ? NUMBER : column.type === "boolean" ? BOOLEAN : CATEGORY;
  return createSlot(kind, index, {
    isTruth: column.role === "truth",
    bounded: column.minimum !== undefined || column.maximum !== undefined,
    ...(column.minimum === undefined ? {} : { minimum: column.minimum }),
    ...(column.maximum === undefined ? {} : { maximum: column.maximum }),
    ...(dictionary === undefined ? {} : { dictionary }),
  });
}

/** Points the slots at the batch's arrays: once per batch that is made. */
export function bindBatch(slots: readonly Slot[], batch: EventBatch): void {
  for (const slot of slots) {
    const column = batch.columns[slot.index];
    slot.validity = column.validity;
    if (column.type === "number") slot.values = column.values;
    else slot.codes = column.codes;
  }
}
