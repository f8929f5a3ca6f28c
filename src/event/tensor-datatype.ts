import { readNumber } from "./json-number.ts";
import { isFalse, isNull, isTrue } from "./json-skip.ts";
import { skipSpace, skipString } from "./json-text.ts";
import { BOOLEAN, MISSING, NUMBER, OTHER, TEXT } from "./tensor-body.ts";
import type { Tensor } from "./tensor-body.ts";
import { putSpan, putText } from "./tensor-cells.ts";
import { isWhole, tokenLength, WIDE } from "./tensor-json.ts";
import type { TensorReader } from "./tensor-reader.ts";
import { writeUnescaped, writtenStop } from "./tensor-texts.ts";

/** Of the Open Inference Protocol V2, and Triton's BF16. The most frequent ones first. */
export const DATATYPES = [
  "FP32",
  "FP64",
  "INT64",
  "BYTES",
  "INT32",
  "BOOL",
  "FP16",
  "BF16",
  "UINT8",
  "UINT16",
  "UINT32",
  "UINT64",
  "INT8",
  "INT16",
] as const;

/** The content type of MLServer whose texts are JSON themselves: columns of a data frame that hold values of several types. */
export const JSON_TEXTS = "pd_json";

/** The datatype that the run of bytes names; "" if there is none of that name. */
export function findDatatype(bytes: Uint8Array, start: number, stop: number): string {
  for (const name of DATATYPES) {
    if (equalsText(bytes, start, stop, name)) return name;
  }
  return "";
}

/** Whether the run of bytes is the text, which must be ASCII. */
export function equalsText(bytes: Uint8Array, start: number, stop: number, text: string): boolean {
  if (stop - start !== text.length) return false;
  for (let i = 0; i < text.length; i++) {
    if (bytes[start + i] !== text.charCodeAt(i)) return false;
  }
  return true;
}

/**
 * Makes of cells that JSON holds what their datatype says: 0 and 1 are booleans in a BOOL tensor, and in a tensor of numbers
 * the texts of whole numbers, NaN and Infinity are numbers, as in protobuf's JSON. Any other text stays one.
 */
export function settleCells(reader: TensorReader, tensor: Tensor, cells: number): void {
  const { states, numbers, datatype } = tensor;
  if (datatype === "BOOL") {
    for (let i = 0; i < cells; i++) {
      if (states[i] === NUMBER && (numbers[i] === 0 || numbers[i] === 1)) states[i] = BOOLEAN;
    }
  } else if (datatype !== "BYTES" && tensor.hasTexts) {
    // The digits of a float mean no more than the float.
    const isFloat = datatype.startsWith("FP") || datatype === "BF16";
    for (let i = 0; i < cells; i++) {
      if (states[i] === TEXT) settleNumeral(reader.texts, tensor, i);
      if (isFloat && states[i] === NUMBER) tensor.starts[i] = -1;
    }
  }
}

function settleNumeral(texts: Uint8Array, tensor: Tensor, cell: number): void {
  const start = tensor.starts[cell];
  const stop = tensor.stops[cell];
  if (stop > start && tokenLength(texts, start) === stop - start) {
    const isNaN = texts[start] === 0x4e;
    tensor.numbers[cell] = isNaN ? NaN : texts[start] === 0x2d ? -Infinity : Infinity;
  } else {
    const isNumeral = isWhole(texts, start, stop) && readNumber(texts, start, tensor.numbers, cell) === stop;
    if (!isNumeral) {
      tensor.numbers[cell] = NaN;
      return;
    }
  }
  tensor.states[cell] = NUMBER;
  const value = Math.abs(tensor.numbers[cell]);
  if (!(value >= WIDE && value < Infinity)) tensor.starts[cell] = -1;
}

/** Takes each text of a tensor of content type JSON_TEXTS for the value that it writes. */
export function readJsonTexts(reader: TensorReader, tensor: Tensor, cells: number): void {
  for (let i = 0; i < cells; i++) {
    if (tensor.states[i] === TEXT) readJsonText(reader, tensor, i);
  }
}

function readJsonText(reader: TensorReader, tensor: Tensor, cell: number): void {
  const { texts } = reader;
  const stop = tensor.stops[cell];
  const start = skipSpace(texts, tensor.starts[cell]);
  tensor.states[cell] = OTHER;
  tensor.starts[cell] = -1;
  const byte = texts[start];
  if (start >= stop) return;
  if (byte === 0x22) {
    if (skipString(texts, start + 1) !== stop) return;
    const begin = writeUnescaped(reader, texts, start + 1, stop - 1);
    putText(tensor, cell, begin, writtenStop(reader));
  } else if (byte === 0x2d || (byte >= 0x30 && byte <= 0x39)) {
    const isNumber = readNumber(texts, start, tensor.numbers, cell) === stop;
    if (!isNumber) {
      tensor.numbers[cell] = NaN;
      return;
    }
    tensor.states[cell] = NUMBER;
    const value = Math.abs(tensor.numbers[cell]);
    if (value >= WIDE && isWhole(texts, start, stop)) putSpan(tensor, cell, start, stop);
  } else readJsonToken(texts, tensor, cell, start);
}

function readJsonToken(texts: Uint8Array, tensor: Tensor, cell: number, start: number): void {
  const length = tensor.stops[cell] - start;
  if (length === 4 && isNull(texts, start)) tensor.states[cell] = MISSING;
  else if (length === 4 && isTrue(texts, start)) {
    tensor.states[cell] = BOOLEAN;
    tensor.numbers[cell] = 1;
  } else if (length === 5 && isFalse(texts, start)) {
    tensor.states[cell] = BOOLEAN;
    tensor.numbers[cell] = 0;
  } else if (length === 3 && tokenLength(texts, start) === 3) tensor.states[cell] = NUMBER;
}
