import { DECIMAL_ROOM, writeDecimal } from "./decimal.ts";
import { BOOLEAN, NUMBER, OTHER } from "./tensor-body.ts";
import type { Tensor } from "./tensor-body.ts";
import { putSpan, putText, reserveCells } from "./tensor-cells.ts";
import { readJsonTexts } from "./tensor-datatype.ts";
import type { TensorReader } from "./tensor-reader.ts";
import { fitsShape } from "./tensor-shape.ts";
import { closeText, openText } from "./tensor-texts.ts";
import { isUtf8 } from "./utf8.ts";

/**
 * Reads the raw contents of all tensors, which stand among reader.texts from reader.raw[2 i] to reader.raw[2 i + 1]; false if
 * there are not as many as tensors, or one does not fit its tensor.
 */
export function readRawContents(reader: TensorReader): boolean {
  const { body, raw } = reader;
  if (raw.length !== body.count * 2) return false;
  for (let i = 0; i < body.count; i++) {
    if (!readRawOf(reader, i, raw[2 * i], raw[2 * i + 1])) return false;
  }
  return true;
}

/** Reads the raw contents of the tensor at `position`; false if they do not fit it. */
export function readRawOf(reader: TensorReader, position: number, start: number, stop: number): boolean {
  const tensor = reader.body.tensors[position];
  const cells = readRaw(reader, tensor, start, stop);
  if (cells < 0 || !fitsShape(tensor, cells)) return false;
  if (reader.holdsJson[position] && tensor.datatype === "BYTES") readJsonTexts(reader, tensor, cells);
  return true;
}

/**
 * Reads the raw contents (little-endian, row-major; BYTES with their length of 4 bytes before each) among reader.texts from
 * `start` to `stop` into the tensor's cells, and returns how many there are; -1 if they are none of its datatype.
 */
function readRaw(reader: TensorReader, tensor: Tensor, start: number, stop: number): number {
  const size = sizeOf(tensor.datatype);
  tensor.hasTexts = false;
  if (size === 0) return readTexts(reader, tensor, start, stop);
  const cells = (stop - start) / size;
  if (!Number.isInteger(cells) || !reserveCells(reader, tensor, cells)) return -1;
  if (tensor.datatype === "BOOL") readBooleans(reader.texts, tensor, start, cells);
  else {
    tensor.states.fill(NUMBER, 0, cells);
    if (size === 8 && tensor.datatype !== "FP64") readWide(reader, tensor, start, cells);
    else readNumbers(reader.texts, tensor, start, cells);
  }
  return cells;
}

/** Bytes of a cell; 0: each has its own. */
function sizeOf(datatype: string): number {
  switch (datatype) {
    case "BOOL":
    case "INT8":
    case "UINT8":
      return 1;
    case "INT16":
    case "UINT16":
    case "FP16":
    case "BF16":
      return 2;
    case "INT32":
    case "UINT32":
    case "FP32":
      return 4;
    case "BYTES":
      return 0;
    default:
      return 8;
  }
}

function readTexts(reader: TensorReader, tensor: Tensor, start: number, stop: number): number {
  const { texts } = reader;
  const view = new DataView(texts.buffer, texts.byteOffset, texts.byteLength);
  let cell = 0;
  for (let at = start; at < stop; cell++) {
    if (stop - at < 4) return -1;
    const end = at + 4 + view.getUint32(at, true);
    if (end > stop || !reserveCells(reader, tensor, cell + 1)) return -1;
    putText(tensor, cell, at + 4, end);
    checkText(tensor, cell, texts);
    at = end;
  }
  return cell;
}

/** Bytes that are not UTF-8 are no value of a column. */
export function checkText(tensor: Tensor, cell: number, texts: Uint8Array): void {
  if (isUtf8(texts, tensor.starts[cell], tensor.stops[cell])) return;
  tensor.states[cell] = OTHER;
  tensor.starts[cell] = -1;
}

function readBooleans(texts: Uint8Array, tensor: Tensor, start: number, cells: number): void {
  const { states, numbers } = tensor;
  states.fill(BOOLEAN, 0, cells);
  for (let i = 0; i < cells; i++) numbers[i] = texts[start + i] === 0 ? 0 : 1;
}

/** All numbers but whole ones of 64 bits. */
function readNumbers(texts: Uint8Array, tensor: Tensor, start: number, cells: number): void {
  const { numbers, datatype } = tensor;
  const view = new DataView(texts.buffer, texts.byteOffset, texts.byteLength);
  switch (datatype) {
    case "FP32":
      for (let i = 0; i < cells; i++) numbers[i] = view.getFloat32(start + 4 * i, true);
      break;
    case "FP64":
      for (let i = 0; i < cells; i++) numbers[i] = view.getFloat64(start + 8 * i, true);
      break;
    case "FP16":
      for (let i = 0; i < cells; i++) numbers[i] = halfFloat(view.getUint16(start + 2 * i, true));
      break;
    case "BF16":
      for (let i = 0; i < cells; i++) numbers[i] = brainFloat(view.getUint16(start + 2 * i, true));
      break;
    case "INT32":
      for (let i = 0; i < cells; i++) numbers[i] = view.getInt32(start + 4 * i, true);
      break;
    case "UINT32":
      for (let i = 0; i < cells; i++) numbers[i] = view.getUint32(start + 4 * i, true);
      break;
    case "INT16":
      for (let i = 0; i < cells; i++) numbers[i] = view.getInt16(start + 2 * i, true);
      break;
    case "UINT16":
      for (let i = 0; i < cells; i++) numbers[i] = view.getUint16(start + 2 * i, true);
      break;
    case "INT8":
      for (let i = 0; i < cells; i++) numbers[i] = view.getInt8(start + i);
      break;
    default:
      for (let i = 0; i < cells; i++) numbers[i] = texts[start + i];
  }
}

/** IEEE 754 binary16 as a number. */
function halfFloat(bits: number): number {
  const sign = bits >= 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1 + fraction / 1_024) * 2 ** (exponent - 15);
}

/** bfloat16, the upper half of a binary32, as a number. */
function brainFloat(bits: number): number {
  const sign = bits >= 0x8000 ? -1 : 1;
  const exponent = (bits >> 7) & 0xff;
  const fraction = bits & 0x7f;
  if (exponent === 0) return sign * fraction * 2 ** -133;
  if (exponent === 0xff) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1 + fraction / 128) * 2 ** (exponent - 127);
}

function readWide(reader: TensorReader, tensor: Tensor, start: number, cells: number): void {
  const { texts, wire } = reader;
  const isSigned = tensor.datatype === "INT64";
  const view = new DataView(texts.buffer, texts.byteOffset, texts.byteLength);
  for (let i = 0; i < cells; i++) {
    wire.low = view.getInt32(start + 8 * i, true);
    wire.high = view.getInt32(start + 8 * i + 4, true);
    putWide(reader, tensor, i, isSigned);
  }
}

/** Makes the cell the whole number of 64 bits in reader.wire; one that float64 may not hold keeps its digits. */
export function putWide(reader: TensorReader, tensor: Tensor, cell: number, isSigned: boolean): void {
  const { low, high } = reader.wire;
  const upper = isSigned ? high : high >>> 0;
  tensor.states[cell] = NUMBER;
  tensor.numbers[cell] = upper * 4_294_967_296 + (low >>> 0);
  if (tensor.hasTexts) tensor.starts[cell] = -1;
  if (upper >= -WIDE_HALF && upper < WIDE_HALF) return;
  const start = openText(reader, DECIMAL_ROOM);
  const isNegative = upper < 0;
  if (isNegative) reader.texts[start] = 0x2d;
  const stop = isNegative
    ? writeDecimal(~high + (low === 0 ? 1 : 0), -low, reader.texts, start + 1)
    : writeDecimal(high, low, reader.texts, start);
  closeText(reader, stop);
  putSpan(tensor, cell, start, stop);
}

/** The upper half of 2^53. */
const WIDE_HALF = 2 ** 21;
