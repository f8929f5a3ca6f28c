import { MISSING, TEXT } from "./tensor-body.ts";
import type { Tensor } from "./tensor-body.ts";
import type { TensorReader } from "./tensor-reader.ts";

/** Makes room for `cells` cells; false where the body would have more than its bytes are worth. */
export function reserveCells(reader: TensorReader, tensor: Tensor, cells: number): boolean {
  if (cells > reader.limit) return false;
  const room = tensor.states.length;
  if (cells <= room) return true;
  const grown = Math.max(cells, room * 2);
  const states = new Uint8Array(grown);
  states.set(tensor.states);
  const numbers = new Float64Array(grown);
  numbers.set(tensor.numbers);
  tensor.states = states;
  tensor.numbers = numbers;
  reader.held += grown - room;
  if (tensor.hasTexts) growTexts(tensor);
  return true;
}

function growTexts(tensor: Tensor): void {
  const room = tensor.states.length;
  const starts = new Int32Array(room);
  starts.set(tensor.starts);
  const stops = new Int32Array(room);
  stops.set(tensor.stops);
  tensor.starts = starts;
  tensor.stops = stops;
}

/** Makes the cell a TEXT. */
export function putText(tensor: Tensor, cell: number, start: number, stop: number): void {
  tensor.states[cell] = TEXT;
  tensor.numbers[cell] = NaN;
  putSpan(tensor, cell, start, stop);
}

/** Says where the text of a cell stands; all cells before it have theirs or none. */
export function putSpan(tensor: Tensor, cell: number, start: number, stop: number): void {
  if (!tensor.hasTexts) {
    tensor.hasTexts = true;
    if (tensor.starts.length < tensor.states.length) growTexts(tensor);
    tensor.starts.fill(-1, 0, cell);
  }
  tensor.starts[cell] = start;
  tensor.stops[cell] = stop;
}

/** Empties the cells from `from` to before `to`, for which there must be room. */
export function clearCells(tensor: Tensor, from: number, to: number): void {
  if (from >= to) return;
  tensor.states.fill(MISSING, from, to);
  tensor.numbers.fill(NaN, from, to);
  if (tensor.hasTexts) tensor.starts.fill(-1, from, to);
}

/**
 * Moves rows 0 to `row` further apart, so that each has room for at least `width` cells. The last one may already have that
 * many, running over its stride. False where that is too many cells.
 */
export function widenRows(reader: TensorReader, tensor: Tensor, row: number, width: number): boolean {
  const old = tensor.stride;
  // Doubling, so that rows that grow one by one are not moved each time; the first row is as wide as it is.
  const stride = row === 0 ? width : Math.max(width, old * 2);
  if (!reserveCells(reader, tensor, (row + 1) * stride)) return false;
  tensor.stride = stride;
  moveRow(tensor, row * old, row * stride, width);
  clearCells(tensor, row * stride + width, (row + 1) * stride);
  for (let i = row - 1; i >= 0; i--) {
    moveRow(tensor, i * old, i * stride, old);
    clearCells(tensor, i * stride + old, (i + 1) * stride);
  }
  return true;
}

function moveRow(tensor: Tensor, from: number, to: number, width: number): void {
  if (from === to) return;
  tensor.states.copyWithin(to, from, from + width);
  tensor.numbers.copyWithin(to, from, from + width);
  if (!tensor.hasTexts) return;
  tensor.starts.copyWithin(to, from, from + width);
  tensor.stops.copyWithin(to, from, from + width);
}
