import { alignTensors } from "./body.ts";
import type { PlainBody, PlainCell } from "./body.ts";
import { fillRaw, plainJsonText } from "./oip-json.ts";
import type { PlainV2 } from "./oip-json.ts";
import { DATATYPE_NAMES, plainRaw, plainText, plainWide } from "./raw.ts";

interface Field {
  readonly field: number;
  readonly type: number;
  /** A varint. */
  readonly number: bigint;
  /** The bytes of anything else. */
  readonly bytes: Uint8Array;
}

interface Cursor {
  readonly bytes: Uint8Array;
  at: number;
}

const NONE = new Uint8Array(0);

/** The fields of a message in order; undefined if the bytes are none. */
function parseMessage(bytes: Uint8Array): Field[] | undefined {
  const cursor = { bytes, at: 0 };
  const fields: Field[] = [];
  while (cursor.at < bytes.length) {
    const tag = takeVarint(cursor);
    if (tag === undefined || tag >= 2n ** 32n || tag < 8n) return undefined;
    const field = Number(tag >> 3n);
    const type = Number(tag & 7n);
    if (type === 0) {
      const number = takeVarint(cursor);
      if (number === undefined) return undefined;
      fields.push({ field, type, number, bytes: NONE });
      continue;
    }
    const size = type === 2 ? takeVarint(cursor) : { 1: 8n, 5: 4n }[type];
    if (size === undefined || size > BigInt(bytes.length - cursor.at)) return undefined;
    const end = cursor.at + Number(size);
    fields.push({ field, type, number: 0n, bytes: bytes.subarray(cursor.at, end) });
    cursor.at = end;
  }
  return fields;
}

function takeVarint(cursor: Cursor): bigint | undefined {
  let value = 0n;
  for (let i = 0n; i < 10n; i++) {
    if (cursor.at >= cursor.bytes.length) return undefined;
    const byte = BigInt(cursor.bytes[cursor.at++]);
    value |= (byte & 127n) << (7n * i);
    if (byte < 128n) return BigInt.asUintN(64, value);
  }
  return undefined;
}

/** A ModelInferRequest or ModelInferResponse, slowly; undefined if the bytes are none. */
export function plainProtobuf(bytes: Uint8Array, kind: "request" | "response"): PlainBody | undefined {
  const fields = parseMessage(bytes);
  if (fields === undefined || fields.some(({ field, type }) => field <= 7 && type !== 2)) return undefined;
  const textOf = (wanted: number) => {
    const texts = fields.filter(({ field }) => field === wanted).map((field) => plainText(field.bytes));
    return texts.every((text) => typeof text === "string") ? (texts.at(-1) ?? "") : undefined;
  };
  const [model, version, id] = [1, 2, 3].map(textOf);
  if (model === undefined || version === undefined || id === undefined) return undefined;
  const tensors = fields.filter(({ field }) => field === 5).map((field) => plainTensorMessage(field.bytes));
  if (tensors.includes(undefined) || (tensors.length === 0 && model === "")) return undefined;
  const known = tensors.filter((tensor) => tensor !== undefined);
  const raw = fields.filter(({ field }) => field === (kind === "request" ? 7 : 6));
  if (raw.length > 0) {
    if (raw.length !== known.length || !known.every((tensor, i) => fillRaw(tensor, raw[i].bytes)))
      return undefined;
  } else {
    for (const tensor of known) {
      if (tensor.cells?.length !== tensor.rows * tensor.width) return undefined;
      if (tensor.holdsJson && tensor.datatype === "BYTES") tensor.cells = tensor.cells.map(plainJsonText);
    }
  }
  const aligned = alignTensors(known.map((tensor) => ({ ...tensor, cells: tensor.cells ?? [] })));
  return aligned === undefined ? undefined : { kind, id, model, version, ...aligned };
}

function plainTensorMessage(bytes: Uint8Array): PlainV2 | undefined {
  const fields = parseMessage(bytes);
  if (fields === undefined) return undefined;
  const cells: PlainCell[] = [];
  const shape: bigint[] = [];
  let name: PlainCell = "";
  let datatype = "";
  let holdsJson = false;
  for (const { field, type, number, bytes: content } of fields) {
    if (field > 5) continue;
    if (field === 3 && type === 0) {
      shape.push(number);
      continue;
    }
    if (type !== 2) return undefined;
    if (field === 1) name = plainText(content);
    if (field === 2) {
      datatype = Buffer.from(content).toString();
      if (!DATATYPE_NAMES.has(datatype)) return undefined;
    }
    if (field === 3) {
      const sizes = parseVarints(content);
      if (sizes === undefined) return undefined;
      shape.push(...sizes);
    }
    if (field === 4 && Buffer.from(content).toString("latin1") === "\n\fcontent_type\x12\t\x1a\x07pd_json") {
      holdsJson = true;
    }
    if (field === 5 && !addContents(content, cells)) return undefined;
    if (typeof name !== "string") return undefined;
  }
  if (typeof name !== "string" || Buffer.byteLength(name) > 1_024 || datatype === "") return undefined;
  if (shape.length > 64 || shape.some((size) => size >= 2n ** 31n)) return undefined;
  const [rows = 1, ...others] = shape.map(Number);
  const width = shape.includes(0n) ? 0 : others.reduce((product, size) => product * size, 1);
  return { name, datatype, rows, width, cells, binarySize: undefined, holdsJson };
}

function parseVarints(bytes: Uint8Array): bigint[] | undefined {
  const cursor = { bytes, at: 0 };
  const numbers: bigint[] = [];
  while (cursor.at < bytes.length) {
    const number = takeVarint(cursor);
    if (number === undefined) return undefined;
    numbers.push(number);
  }
  return numbers;
}

function addContents(bytes: Uint8Array, cells: PlainCell[]): boolean {
  const fields = parseMessage(bytes);
  if (fields === undefined) return false;
  for (const { field, type, number, bytes: content } of fields) {
    if (field > 8) continue;
    const added = type === 0 ? plainVarint(field, number) : plainPacked(field, type, content);
    if (added === undefined) return false;
    cells.push(...[added].flat());
  }
  return true;
}

function plainVarint(field: number, number: bigint): PlainCell | undefined {
  switch (field) {
    case 1:
      return number !== 0n;
    case 2:
      return Number(BigInt.asIntN(32, number));
    case 3:
      return plainWide(BigInt.asIntN(64, number));
    case 4:
      return Number(BigInt.asUintN(32, number));
    case 5:
      return plainWide(number);
    default:
      return undefined;
  }
}

function plainPacked(field: number, type: number, content: Uint8Array): PlainCell[] | undefined {
  if (field === 8) return type === 2 ? [plainText(content)] : undefined;
  if (field === 6 || field === 7) {
    if (type !== 2 && type !== (field === 6 ? 5 : 1)) return undefined;
    return plainRaw(field === 6 ? "FP32" : "FP64", content);
  }
  if (type !== 2) return undefined;
  const cells = parseVarints(content)?.map((number) => plainVarint(field, number));
  return cells?.filter((cell) => cell !== undefined);
}
