import { addFault } from "./columns.ts";
import { addProbability, BITS, createFound, isWhole, MOST } from "./probabilities.ts";
import type { Target } from "./target.ts";
import { MISSING, NUMBER } from "./tensor-body.ts";
import type { Tensor } from "./tensor-body.ts";
import { transferColumn } from "./tensor-transfer.ts";

/** Columns that are filled from a tensor of probabilities; -1 where the plan has none. */
export interface ProbabilityColumns {
  readonly confidence: number;
  readonly entropy: number;
  readonly classes: readonly { readonly column: number; readonly name: string }[];
  /** Names of classes by tensor; without them a class is called by its position. */
  readonly names: ReadonlyMap<string, readonly string[]>;
  readonly found: Float64Array;
}

export function createProbabilityColumns(given: Omit<ProbabilityColumns, "found">): ProbabilityColumns {
  return { ...given, found: createFound() };
}

/**
 * Writes each class's probability, and the largest and the entropy of all, to the target's next rows; the latter are faults
 * where a row's do not add up to 1, and missing where it has none.
 */
export function transferProbabilities(
  target: Target,
  columns: ProbabilityColumns,
  tensor: Tensor,
  rows: number,
): void {
  const { classes, confidence, entropy, found } = columns;
  const names = columns.names.get(tensor.name);
  for (const { column, name } of classes) {
    const offset = names === undefined ? positionOf(name) : names.indexOf(name);
    if (offset >= 0 && offset < tensor.width) transferColumn(target, column, { tensor, offset }, rows);
  }
  if (confidence < 0 && entropy < 0) return;
  for (let i = 0; i < rows; i++) {
    const first = i * tensor.stride;
    if (isMissing(tensor, first)) continue;
    const isSet = addUp(tensor, first, found);
    putNumber(target, confidence, target.batch.rows + i, isSet ? found[MOST] : NaN);
    putNumber(target, entropy, target.batch.rows + i, isSet ? found[BITS] : NaN);
  }
}

function positionOf(name: string): number {
  return /^(0|[1-9][0-9]{0,8})$/.test(name) ? Number(name) : -1;
}

function isMissing({ states, width }: Tensor, first: number): boolean {
  for (let cell = first; cell < first + width; cell++) if (states[cell] !== MISSING) return false;
  return true;
}

function addUp({ states, numbers, width }: Tensor, first: number, found: Float64Array): boolean {
  found.fill(0);
  for (let cell = first; cell < first + width; cell++) {
    if (states[cell] !== NUMBER || !addProbability(found, numbers[cell])) return false;
  }
  return isWhole(found);
}

/** NaN is a fault. */
function putNumber({ batch, json }: Target, column: number, row: number, value: number): void {
  if (column < 0) return;
  const { values, validity, bounded, minimum, maximum } = json.slots[column];
  if (Number.isNaN(value) || (bounded && (value < minimum || value > maximum))) addFault(batch, row, column);
  else {
    values[row] = value;
    validity[row >> 3] |= 1 << (row & 7);
  }
}
