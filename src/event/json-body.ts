import {
  DATATYPE,
  ERROR,
  ID,
  INPUTS,
  INSTANCES,
  MODEL,
  NAME,
  OUTPUTS,
  PREDICTIONS,
  RAW_CONTENTS,
  SHAPE,
  VERSION,
} from "./body-keys.ts";
import { readMembers, skipMember, spanValue } from "./body-members.ts";
import { setSpan } from "./byte-table.ts";
import { isFalse, isNull } from "./json-skip.ts";
import { skipSpace } from "./json-text.ts";
import { readBinary } from "./oip-binary.ts";
import { readRawTexts, readTensors } from "./oip-json.ts";
import type { Draft, TensorReader } from "./tensor-reader.ts";
import { endBody, settleRows } from "./tensor-shape.ts";
import { readColumns, readRows } from "./v1-json.ts";

const ROWS_ASKED = Uint8Array.from("instances", (letter) => letter.charCodeAt(0));
const ROWS_ANSWERED = Uint8Array.from("predictions", (letter) => letter.charCodeAt(0));

/** Reads the JSON body in reader.bytes, V1 or V2, with what may stand behind it; false if it is undecodable. */
export function readJsonBody(reader: TensorReader): boolean {
  const { body, bytes, found, keys } = reader;
  found.request = false;
  found.response = false;
  found.isError = false;
  found.isBroken = false;
  found.rawAt = -1;
  const end = readMembers(reader, skipSpace(bytes, 0), keys.body, readSection);
  if (end < 0) return false;
  if (found.isError && !found.request) {
    body.kind = "error";
    body.count = 0;
    body.rows = 0;
    return isEnd(reader, end);
  }
  if (!found.request && (found.isBroken || !found.response)) return false;
  body.kind = found.request ? "request" : "response";
  if (!readRest(reader, end) || (found.hasShapes && !settleRows(reader))) return false;
  endBody(reader);
  return true;
}

/** Reads the tensors' data that do not stand in them. */
function readRest(reader: TensorReader, end: number): boolean {
  const { draft, found } = reader;
  if (found.hasShapes && found.rawAt >= 0)
    return isEnd(reader, end) && readRawTexts(reader, found.rawAt) >= 0;
  return draft.waiting > 0 ? readBinary(reader, end) : isEnd(reader, end);
}

function isEnd(reader: TensorReader, at: number): boolean {
  return skipSpace(reader.bytes, at) === reader.bytes.length;
}

function readSection(reader: TensorReader, code: number, at: number): number {
  const { found, bytes } = reader;
  switch (code) {
    case INSTANCES:
    case INPUTS:
      found.request = true;
      return readAsked(reader, code, at);
    case PREDICTIONS:
    case OUTPUTS:
      return found.request ? skipMember(reader, at) : readAnswered(reader, code, at);
    case ERROR:
      found.isError = !isNull(bytes, at) && !isFalse(bytes, at);
      return skipMember(reader, at);
    case RAW_CONTENTS:
      found.rawAt = at;
      return skipMember(reader, at);
    default: {
      const next = skipMember(reader, at);
      if (next < 0) return -1;
      if (code === ID || code === MODEL || code === VERSION) readHead(reader, code, at, next);
      return next;
    }
  }
}

function readHead(reader: TensorReader, code: number, at: number, next: number): void {
  const { body, span } = reader;
  spanValue(reader, at, next);
  const head = code === ID ? body.id : code === MODEL ? body.model : body.version;
  setSpan(head, span.bytes, span.start, span.stop);
}

function readAsked(reader: TensorReader, code: number, at: number): number {
  return readSectionOf(reader, code === INPUTS, at, ROWS_ASKED);
}

/** What cannot be read may be the outputs that a request asks for, whose inputs are still to come. */
function readAnswered(reader: TensorReader, code: number, at: number): number {
  const { found } = reader;
  const next = readSectionOf(reader, code === OUTPUTS, at, ROWS_ANSWERED);
  found.response = next >= 0;
  found.isBroken = next < 0;
  return next < 0 ? skipMember(reader, at) : next;
}

/** `mayHaveShapes`: V2 calls its tensors so, and V1's columns. */
function readSectionOf(reader: TensorReader, mayHaveShapes: boolean, at: number, label: Uint8Array): number {
  const { draft, found, bytes } = reader;
  draft.waiting = 0;
  found.hasShapes = mayHaveShapes;
  if (mayHaveShapes && bytes[at] === 0x7b) return readColumns(reader, at);
  if (mayHaveShapes && bytes[at] === 0x5b) {
    const first = skipSpace(bytes, at + 1);
    // A V2 body has at least one tensor; without rows it still says its shape.
    if (bytes[first] === 0x5d) return -1;
    if (bytes[first] === 0x7b) {
      const next = readTensors(reader, at);
      if (next >= 0 || draft.position > 0 || isTensor(draft) || isNamedTensor(reader, first)) return next;
      draft.waiting = 0;
    }
  }
  found.hasShapes = false;
  return readRows(reader, at, label);
}

/** Whether what has been read of an object that is no right tensor was to be one: two of the three members that all have. */
function isTensor(draft: Draft): boolean {
  return Number(draft.isNamed) + Number(draft.hasShape) + Number(draft.hasDatatype) >= 2;
}

/** The same of the whole object at `at`, so far as it is JSON. */
function isNamedTensor(reader: TensorReader, at: number): boolean {
  const { draft, keys } = reader;
  draft.isNamed = false;
  draft.hasShape = false;
  draft.hasDatatype = false;
  readMembers(reader, at, keys.tensor, noteMember);
  return isTensor(draft);
}

function noteMember(reader: TensorReader, code: number, at: number): number {
  const { draft } = reader;
  if (code === NAME) draft.isNamed = true;
  else if (code === SHAPE) draft.hasShape = true;
  else if (code === DATATYPE) draft.hasDatatype = true;
  return skipMember(reader, at);
}
