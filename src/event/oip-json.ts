import {
  BINARY_SIZE,
  BYTES_CONTENTS,
  CONTENT_TYPE,
  CONTENTS,
  DATA,
  DATATYPE,
  NAME,
  OTHER_CONTENTS,
  PARAMETERS,
  SHAPE,
} from "./body-keys.ts";
import { readElements, readMembers, readSize, skipMember, skipText } from "./body-members.ts";
import { isNull } from "./json-skip.ts";
import { checkText, readRawContents } from "./raw-tensor.ts";
import { TEXT } from "./tensor-body.ts";
import type { Tensor } from "./tensor-body.ts";
import { putText } from "./tensor-cells.ts";
import { equalsText, findDatatype, JSON_TEXTS, readJsonTexts, settleCells } from "./tensor-datatype.ts";
import { readCells } from "./tensor-json.ts";
import { nameTensor, readKey } from "./tensor-names.ts";
import { addTensor, ANY_ROWS, HERE, MAX_RANK, NO_ROWS, NO_SIZE } from "./tensor-reader.ts";
import type { TensorReader } from "./tensor-reader.ts";
import { declareShape, fitsShape } from "./tensor-shape.ts";
import { writeDecoded, writtenStop } from "./tensor-texts.ts";

/**
 * Reads the tensors of an Open Inference Protocol V2 body, the array at `at`, and returns the position after it, or -1.
 * reader.draft.waiting says whether some have their data elsewhere: behind the JSON, or in raw contents.
 */
export function readTensors(reader: TensorReader, at: number): number {
  reader.body.count = 0;
  reader.draft.waiting = 0;
  return readElements(reader, at, readTensor);
}

function readTensor(reader: TensorReader, position: number, at: number): number {
  const { draft } = reader;
  const tensor = addTensor(reader);
  if (tensor === undefined) return -1;
  draft.tensor = tensor;
  draft.position = position;
  draft.cells = 0;
  draft.isNamed = false;
  draft.hasShape = false;
  draft.hasDatatype = false;
  draft.hasData = false;
  draft.rows = ANY_ROWS;
  reader.sizes[position] = NO_SIZE;
  reader.holdsJson[position] = false;
  const next = readMembers(reader, at, reader.keys.tensor, readPart);
  if (next < 0 || !draft.isNamed || !draft.hasShape || tensor.datatype === "") return -1;
  if (!draft.hasData || reader.sizes[position] !== NO_SIZE) {
    draft.waiting++;
    return next;
  }
  reader.sizes[position] = HERE;
  return settleData(reader, tensor) ? next : -1;
}

function settleData(reader: TensorReader, tensor: Tensor): boolean {
  const { cells, rows, position } = reader.draft;
  if (!fitsShape(tensor, cells)) return false;
  if (rows !== ANY_ROWS && rows !== tensor.rows) return false;
  settleCells(reader, tensor, cells);
  if (reader.holdsJson[position] && tensor.datatype === "BYTES") readJsonTexts(reader, tensor, cells);
  return true;
}

function readPart(reader: TensorReader, code: number, at: number): number {
  const { draft, bytes, keys } = reader;
  switch (code) {
    case NAME: {
      draft.isNamed = true;
      const next = readKey(reader, at);
      return next >= 0 && nameTensor(reader, draft.position) ? next : -1;
    }
    case SHAPE:
      draft.hasShape = true;
      reader.rank = 0;
      at = readElements(reader, at, readDimension);
      if (at < 0) return -1;
      declareShape(reader, draft.tensor);
      return at;
    case DATATYPE: {
      draft.hasDatatype = true;
      const next = skipText(reader, at);
      draft.tensor.datatype = next < 0 ? "" : findDatatype(bytes, at + 1, next - 1);
      return next;
    }
    case DATA:
      draft.cells = 0;
      return isNull(bytes, at) ? at + 4 : readData(reader, at);
    case CONTENTS:
      draft.cells = 0;
      return isNull(bytes, at) ? at + 4 : readMembers(reader, at, keys.contents, readContents);
    case PARAMETERS:
      return isNull(bytes, at) ? at + 4 : readMembers(reader, at, keys.parameters, readParameter);
    default:
      return skipMember(reader, at);
  }
}

function readDimension(reader: TensorReader, position: number, at: number): number {
  if (position >= MAX_RANK) return -1;
  const next = readSize(reader, at);
  reader.shape[position] = reader.number[0];
  reader.rank = position + 1;
  return next;
}

/** Reads values, flat or nested, behind the cells that the tensor has. */
function readData(reader: TensorReader, at: number): number {
  const { draft, nesting } = reader;
  const next = readCells(reader, draft.tensor, at, draft.cells);
  draft.hasData = true;
  draft.cells = nesting.end;
  if (nesting.depth <= 1) draft.rows = ANY_ROWS;
  else draft.rows = nesting.isRegular ? nesting.lengths[0] : NO_ROWS;
  return next;
}

/** protobuf's JSON writes bytes in base64. */
function readContents(reader: TensorReader, code: number, at: number): number {
  if (code !== BYTES_CONTENTS && code !== OTHER_CONTENTS) return skipMember(reader, at);
  const { draft } = reader;
  const first = draft.cells;
  const next = readData(reader, at);
  if (next < 0 || code === OTHER_CONTENTS) return next;
  for (let cell = first; cell < draft.cells; cell++) {
    if (draft.tensor.states[cell] === TEXT && !decodeCell(reader, draft.tensor, cell)) return -1;
  }
  return next;
}

function decodeCell(reader: TensorReader, tensor: Tensor, cell: number): boolean {
  const { starts, stops } = tensor;
  const start = writeDecoded(reader, starts[cell], stops[cell]);
  if (start < 0) return false;
  putText(tensor, cell, start, writtenStop(reader));
  checkText(tensor, cell, reader.texts);
  return true;
}

function readParameter(reader: TensorReader, code: number, at: number): number {
  const { draft, bytes, number } = reader;
  if (code === BINARY_SIZE) {
    const next = readSize(reader, at);
    reader.sizes[draft.position] = number[0];
    return next;
  }
  const next = skipMember(reader, at);
  if (code === CONTENT_TYPE && bytes[at] === 0x22 && next >= 0) {
    reader.holdsJson[draft.position] = equalsText(bytes, at + 1, next - 1, JSON_TEXTS);
  }
  return next;
}

/** Reads the raw contents of protobuf's JSON, an array of base64 at `at`, one of each tensor; they win over other data. */
export function readRawTexts(reader: TensorReader, at: number): number {
  const { raw } = reader;
  raw.length = 0;
  const next = readElements(reader, at, readRawText);
  return next < 0 || !readRawContents(reader) ? -1 : next;
}

function readRawText(reader: TensorReader, _position: number, at: number): number {
  const next = readKey(reader, at);
  if (next < 0) return -1;
  const start = writeDecoded(reader, reader.span.start, reader.span.stop);
  if (start < 0) return -1;
  reader.raw.push(start, writtenStop(reader));
  return next;
}
