import type { Tensor } from "./tensor-body.ts";
import type { TensorReader } from "./tensor-reader.ts";

/**
 * Gives the tensor the rows and the width of reader.shape: the first dimension are the rows, the others are flattened;
 * without dimensions it is one row of one cell. A tensor without cells has no width.
 */
export function declareShape(reader: TensorReader, tensor: Tensor): void {
  const { shape, rank } = reader;
  let width = 1;
  let isEmpty = false;
  for (let i = 0; i < rank; i++) {
    if (i > 0) width *= shape[i];
    isEmpty ||= shape[i] === 0;
  }
  tensor.rows = rank === 0 ? 1 : shape[0];
  tensor.width = isEmpty ? 0 : width;
  tensor.stride = tensor.width;
}

/** Whether the tensor has as many cells as its shape says. */
export function fitsShape(tensor: Tensor, cells: number): boolean {
  return tensor.rows * tensor.width === cells;
}

/**
 * Finds the body's number of rows: all its tensors have the same number of rows, or one row, which is then every row's (a threshold beside the
 * scores). False where they have not.
 */
export function settleRows(reader: TensorReader): boolean {
  const { body } = reader;
  let rows = -1;
  for (let i = 0; i < body.count; i++) {
    const tensor = body.tensors[i];
    if (tensor.rows > 0 && tensor.width === 0) continue;
    if (rows < 0 || rows === 1) rows = tensor.rows;
    else if (tensor.rows !== 1 && tensor.rows !== rows) return false;
  }
  body.rows = Math.max(rows, 0);
  for (let i = 0; i < body.count; i++) {
    const tensor = body.tensors[i];
    if (tensor.rows === 1 && body.rows !== 1) tensor.stride = 0;
  }
  return true;
}

/** Ends the body: nothing is written to its texts any more. */
export function endBody(reader: TensorReader): void {
  const { body, texts } = reader;
  for (let i = 0; i < body.count; i++) body.tensors[i].bytes = texts;
}
