import { setSpan } from "./byte-table.ts";
import { readContents } from "./oip-contents.ts";
import { LENGTH, readEnd, readVarint, skipField, VARINT } from "./protobuf.ts";
import { readRawContents } from "./raw-tensor.ts";
import { equalsText, findDatatype, JSON_TEXTS, readJsonTexts } from "./tensor-datatype.ts";
import { nameTensor } from "./tensor-names.ts";
import { addTensor, MAX_RANK } from "./tensor-reader.ts";
import type { TensorReader } from "./tensor-reader.ts";
import { declareShape, endBody, fitsShape, settleRows } from "./tensor-shape.ts";
import { isUtf8 } from "./utf8.ts";

/** Whether the message is a ModelInferRequest or a ModelInferResponse; their tensors look alike. */
export type MessageKind = "request" | "response" | "either";

const MODEL = 1;
const VERSION = 2;
const ID = 3;
const TENSOR = 5;
/** Of a request the outputs that it asks for, of a response its raw contents. */
const OUTPUTS = 6;
const RAW_INPUTS = 7;

/**
 * Reads the protobuf message in reader.bytes, a ModelInferRequest or ModelInferResponse of the Open Inference Protocol, without
 * frame; false if it is none. Unknown fields are skipped; a known one of another wire type makes it none. Where `kind` is
 * `either` and the message could be both, it is a request.
 */
export function readProtobuf(reader: TensorReader, kind: MessageKind): boolean {
  const { body, bytes, wire, raw } = reader;
  const stop = bytes.length;
  wire.bytes = bytes;
  wire.at = 0;
  raw.length = 0;
  // The field of the raw contents, 0 while either may be.
  let rawField = 0;
  if (kind !== "either") rawField = kind === "request" ? RAW_INPUTS : OUTPUTS;
  while (wire.at < stop) {
    if (!readVarint(wire, stop) || wire.high !== 0) return false;
    const field = wire.low >>> 3;
    const type = wire.low & 7;
    if (field === 0) return false;
    if (field > RAW_INPUTS) {
      if (!skipField(wire, type, stop)) return false;
      continue;
    }
    const end = type === LENGTH ? readEnd(wire, stop) : -1;
    if (end < 0) return false;
    if (field === RAW_INPUTS && rawField === 0) {
      rawField = RAW_INPUTS;
      raw.length = 0;
    }
    if (field === rawField || (field === OUTPUTS && rawField === 0)) raw.push(wire.at, end);
    if (field >= OUTPUTS) wire.at = end;
    else if (field === TENSOR ? !readTensor(reader, end) : !readHead(reader, field, end)) return false;
  }
  if (rawField === 0) {
    // Tensors without cells have them in raw contents; otherwise these are names of outputs that a request asks for.
    if (hasCells(reader)) raw.length = 0;
    rawField = raw.length > 0 ? OUTPUTS : RAW_INPUTS;
  }
  body.kind = rawField === OUTPUTS ? "response" : "request";
  return readCellsOf(reader) && endMessage(reader);
}

function hasCells(reader: TensorReader): boolean {
  const { body, sizes } = reader;
  for (let i = 0; i < body.count; i++) if (sizes[i] > 0) return true;
  return false;
}

/** A message without tensors and model is as good as none: a few random bytes often are one. */
function endMessage(reader: TensorReader): boolean {
  const { body } = reader;
  if ((body.count === 0 && body.model.start === body.model.stop) || !settleRows(reader)) return false;
  endBody(reader);
  return true;
}

/** Raw contents win over typed ones. */
function readCellsOf(reader: TensorReader): boolean {
  const { body, sizes, holdsJson, raw } = reader;
  if (raw.length > 0) return readRawContents(reader);
  for (let i = 0; i < body.count; i++) {
    const tensor = body.tensors[i];
    if (!fitsShape(tensor, sizes[i])) return false;
    if (holdsJson[i] && tensor.datatype === "BYTES") readJsonTexts(reader, tensor, sizes[i]);
  }
  return true;
}

function readHead(reader: TensorReader, field: number, end: number): boolean {
  const { body, bytes, wire } = reader;
  const { at } = wire;
  wire.at = end;
  if (field !== MODEL && field !== VERSION && field !== ID) return true;
  if (!isUtf8(bytes, at, end)) return false;
  setSpan(field === ID ? body.id : field === MODEL ? body.model : body.version, bytes, at, end);
  return true;
}

// The fields of InferInputTensor and of InferOutputTensor.
const NAME = 1;
const DATATYPE = 2;
const SHAPE = 3;
const PARAMETERS = 4;
const CONTENTS = 5;

/** Reads a tensor up to `stop`; how many cells it has is then in reader.sizes. */
function readTensor(reader: TensorReader, stop: number): boolean {
  const { body, bytes, draft, span, wire } = reader;
  const tensor = addTensor(reader);
  if (tensor === undefined) return false;
  const position = body.count - 1;
  draft.tensor = tensor;
  draft.position = position;
  draft.cells = 0;
  reader.holdsJson[position] = false;
  reader.rank = 0;
  setSpan(span, bytes, 0, 0);
  while (wire.at < stop) {
    if (!readVarint(wire, stop) || wire.high !== 0) return false;
    const field = wire.low >>> 3;
    const type = wire.low & 7;
    if (field === 0) return false;
    if (!readPart(reader, field, type, stop)) return false;
  }
  reader.sizes[position] = draft.cells;
  declareShape(reader, tensor);
  return tensor.datatype !== "" && nameTensor(reader, position);
}

function readPart(reader: TensorReader, field: number, type: number, stop: number): boolean {
  const { bytes, draft, wire } = reader;
  if (field > CONTENTS) return skipField(wire, type, stop);
  if (field === SHAPE && type === VARINT) return readVarint(wire, stop) && putDimension(reader);
  const end = type === LENGTH ? readEnd(wire, stop) : -1;
  if (end < 0) return false;
  if (field === SHAPE) return readShape(reader, end);
  if (field === CONTENTS) return readContents(reader, end);
  const { at } = wire;
  wire.at = end;
  if (field === PARAMETERS) {
    if (isJsonType(bytes, at, end)) reader.holdsJson[draft.position] = true;
    return true;
  }
  if (field === DATATYPE) {
    draft.tensor.datatype = findDatatype(bytes, at, end);
    return draft.tensor.datatype !== "";
  }
  setSpan(reader.span, bytes, at, end);
  return field === NAME && isUtf8(bytes, at, end);
}

function readShape(reader: TensorReader, stop: number): boolean {
  while (reader.wire.at < stop) {
    if (!readVarint(reader.wire, stop) || !putDimension(reader)) return false;
  }
  return true;
}

/** A dimension of 2^31 or more fits no body. */
function putDimension(reader: TensorReader): boolean {
  const { low, high } = reader.wire;
  if (high !== 0 || low < 0 || reader.rank === MAX_RANK) return false;
  reader.shape[reader.rank++] = low;
  return true;
}

/**
 * Whether an entry of the parameters is content_type = pd_json, as every writer writes it: key = 1, value = 2 with
 * string_param = 3.
 */
function isJsonType(bytes: Uint8Array, start: number, stop: number): boolean {
  return equalsText(bytes, start, stop, `\n\fcontent_type\u0012\t\u001a\u0007${JSON_TEXTS}`);
}
