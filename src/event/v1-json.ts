import { readMembers, skipMember } from "./body-members.ts";
import { setSpan } from "./byte-table.ts";
import { skipColon } from "./json-skip.ts";
import { skipSpace } from "./json-text.ts";
import type { Tensor } from "./tensor-body.ts";
import { clearCells, reserveCells, widenRows } from "./tensor-cells.ts";
import { readCells, readScalar } from "./tensor-json.ts";
import { isExpected, LONGEST_NAME, patternLength, positionOfName, readKey } from "./tensor-names.ts";
import { addTensor } from "./tensor-reader.ts";
import type { TensorReader } from "./tensor-reader.ts";

/**
 * Reads the rows of a KServe (TensorFlow) V1 body, an array at `at`, and returns the position after it, or -1. A row is an
 * object, each key of which is a tensor; or anything else, flattened into the tensor called `label`. What a row does not
 * have is missing in it. A value that is no array is one row.
 */
export function readRows(reader: TensorReader, at: number, label: Uint8Array): number {
  const { bytes, body, draft } = reader;
  reader.strides = 0;
  body.count = 0;
  draft.position = NOWHERE;
  let row = 0;
  if (bytes[at] !== 0x5b) {
    at = readRow(reader, at, row++, label);
    return at < 0 || !endRows(reader, row) ? -1 : at;
  }
  at = skipSpace(bytes, at + 1);
  if (bytes[at] === 0x5d) return endRows(reader, 0) ? at + 1 : -1;
  for (;;) {
    at = readRow(reader, at, row++, label);
    if (at < 0) return -1;
    if (bytes[at] <= 0x20) at = skipSpace(bytes, at);
    const byte = bytes[at++];
    if (byte === 0x5d) return endRows(reader, row) ? at : -1;
    if (byte !== 0x2c) return -1;
    if (bytes[at] <= 0x20) at = skipSpace(bytes, at);
  }
}

/** The tensor of rows without names has not been met. */
const NOWHERE = -1;

function readRow(reader: TensorReader, at: number, row: number, label: Uint8Array): number {
  const { bytes, body, draft, span } = reader;
  if (bytes[at] === 0x7b) return readObject(reader, at, row);
  if (draft.position === NOWHERE) {
    setSpan(span, label, 0, label.length);
    draft.position = positionOfName(reader);
    if (draft.position < 0) return -1;
  }
  return readField(reader, body.tensors[draft.position], at, row);
}

/** From an object's brace to the byte after its end, or -1. */
function readObject(reader: TensorReader, start: number, row: number): number {
  const { bytes, body, span } = reader;
  let at = skipSpace(bytes, start + 1);
  if (bytes[at] === 0x7d) return at + 1;
  // Rows repeat the order of their keys.
  let position = 0;
  for (;;) {
    let isKnown = true;
    if (bytes[at] === 0x22 && isExpected(reader, at + 1, position)) {
      if (position === body.count && addTensor(reader) === undefined) return -1;
      at += 1 + patternLength(reader, position);
    } else {
      at = readKey(reader, at);
      if (at < 0) return -1;
      isKnown = span.stop - span.start <= LONGEST_NAME;
      if (isKnown) position = positionOfName(reader);
      if (position < 0) return -1;
    }
    at = skipColon(bytes, at);
    if (at < 0) return -1;
    if (isKnown) at = readField(reader, body.tensors[position++], at, row);
    else at = skipMember(reader, at);
    if (at < 0) return -1;
    if (bytes[at] <= 0x20) at = skipSpace(bytes, at);
    const byte = bytes[at++];
    if (byte === 0x7d) return at;
    if (byte !== 0x2c) return -1;
    if (bytes[at] <= 0x20) at = skipSpace(bytes, at);
  }
}

/** Reads a value into the tensor's cells of a row. */
function readField(reader: TensorReader, tensor: Tensor, at: number, row: number): number {
  if (reader.bytes[at] !== 0x5b && tensor.rows === row && (row === 0 || tensor.stride === 1)) {
    if (row === 0) setStride(reader, tensor, 1);
    if (!reserveCells(reader, tensor, row + 1)) return -1;
    tensor.width = 1;
    tensor.rows = row + 1;
    return readScalar(reader, tensor, row, at);
  }
  if (!fillRows(reader, tensor, row)) return -1;
  const from = row * tensor.stride;
  const next = readCells(reader, tensor, at, from);
  if (next < 0) return -1;
  const width = reader.nesting.end - from;
  if (width > tensor.stride) {
    const before = tensor.stride;
    if (!widenRows(reader, tensor, row, width)) return -1;
    reader.strides += tensor.stride - before;
    if (!hasRoom(reader, row + 1)) return -1;
  } else if (width < tensor.stride) {
    if (!reserveCells(reader, tensor, from + tensor.stride)) return -1;
    clearCells(tensor, from + width, from + tensor.stride);
  }
  tensor.width = Math.max(tensor.width, width);
  tensor.rows = row + 1;
  return next;
}

/**
 * Reads TensorFlow's columns, an object at `at`, and returns the position after it, or -1: each key is a tensor, whose outermost
 * array are its rows.
 */
export function readColumns(reader: TensorReader, at: number): number {
  reader.body.count = 0;
  return readMembers(reader, at, reader.keys.none, readColumn);
}

function readColumn(reader: TensorReader, _code: number, at: number): number {
  const { span, nesting, body } = reader;
  if (span.stop - span.start > LONGEST_NAME) return skipMember(reader, at);
  const position = positionOfName(reader);
  if (position < 0) return -1;
  const tensor = body.tensors[position];
  const next = readCells(reader, tensor, at, 0);
  if (next < 0 || !nesting.isRegular) return -1;
  tensor.rows = nesting.depth === 0 ? 1 : nesting.lengths[0];
  tensor.width = nesting.end === 0 ? 0 : nesting.end / tensor.rows;
  tensor.stride = tensor.width;
  return next;
}

function setStride(reader: TensorReader, tensor: Tensor, stride: number): void {
  reader.strides += stride - tensor.stride;
  tensor.stride = stride;
}

/** Gives the tensor missing cells in all rows before `rows` that it was not in. */
function fillRows(reader: TensorReader, tensor: Tensor, rows: number): boolean {
  if (tensor.rows >= rows) return true;
  const { stride } = tensor;
  if (!hasRoom(reader, rows) || !reserveCells(reader, tensor, rows * stride)) return false;
  clearCells(tensor, tensor.rows * stride, rows * stride);
  tensor.rows = rows;
  return true;
}

/** Keys that stand in few of many rows take many cells for few bytes. */
function hasRoom(reader: TensorReader, rows: number): boolean {
  return rows * reader.strides <= reader.limit;
}

function endRows(reader: TensorReader, rows: number): boolean {
  const { body } = reader;
  body.rows = rows;
  for (let i = 0; i < body.count; i++) {
    if (!fillRows(reader, body.tensors[i], rows)) return false;
  }
  return true;
}
