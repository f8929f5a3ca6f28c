import { alignTensors } from "./body.ts";
import type { PlainBody, PlainCell, PlainDraft } from "./body.ts";
import { isStrict, parsePlain } from "./json.ts";
import type { PlainJson } from "./json.ts";
import { fillRaw, flatten, plainBase64, plainTensor } from "./oip-json.ts";
import type { PlainV2 } from "./oip-json.ts";

type Section =
  | { readonly rows: number; readonly tensors: readonly PlainDraft[] }
  | { readonly shaped: readonly PlainV2[] };

/** A JSON body of either protocol, slowly; undefined if it is none. */
export function plainJsonBody(bytes: Uint8Array): PlainBody | undefined {
  const read = parsePlain(bytes);
  if (read?.value.type !== "object") return undefined;
  const head = { id: "", model: "", version: "" };
  let asked: Section | undefined;
  let answered: Section | undefined;
  let isBroken = false;
  let isError = false;
  let raw: PlainJson | undefined;
  for (const [key, value] of read.value.members) {
    if (key === "instances" || key === "inputs") {
      asked = plainSection(key === "inputs", value, "instances");
      if (asked === undefined) return undefined;
      continue;
    }
    if ((key === "predictions" || key === "outputs") && asked === undefined) {
      answered = plainSection(key === "outputs", value, "predictions");
      isBroken = answered === undefined;
      if (!isBroken) continue;
    }
    if (!isStrict(value)) return undefined;
    const text = value.type === "string" || value.type === "number" ? value.text : "";
    if (key === "id") head.id = text;
    if (key === "model_name" || key === "modelName") head.model = text;
    if (key === "model_version" || key === "modelVersion") head.version = text;
    if (key === "error") isError = !(value.type === "word" && /null|false/.test(value.text));
    if (/^raw_?(in|out)put_?contents$/i.test(key) && RAW_KEYS.has(key)) raw = value;
  }
  const rest = bytes.subarray(read.end);
  if (isError && asked === undefined) {
    return isBlank(rest) ? { kind: "error", ...head, rows: 0, tensors: [] } : undefined;
  }
  const section = asked ?? answered;
  if (section === undefined || (asked === undefined && isBroken)) return undefined;
  const aligned =
    "shaped" in section ? alignShaped(section.shaped, raw, rest) : isBlank(rest) && alignRows(section);
  if (aligned === undefined || aligned === false) return undefined;
  return { kind: asked === undefined ? "response" : "request", ...head, ...aligned };
}

const RAW_KEYS = new Set([
  "raw_input_contents",
  "rawInputContents",
  "raw_output_contents",
  "rawOutputContents",
]);

function isBlank(bytes: Uint8Array): boolean {
  return bytes.every((byte) => [0x20, 0x0a, 0x0d, 0x09].includes(byte));
}

function alignRows({ rows, tensors }: { rows: number; tensors: readonly PlainDraft[] }) {
  return {
    rows,
    tensors: tensors.map(({ name, datatype, width, cells }) => ({
      name,
      datatype,
      rows: Array.from({ length: rows }, (_, row) => cells.slice(row * width, (row + 1) * width)),
    })),
  };
}

function alignShaped(tensors: readonly PlainV2[], raw: PlainJson | undefined, rest: Uint8Array) {
  if (raw !== undefined) {
    if (!isBlank(rest) || raw.type !== "array" || raw.items.length !== tensors.length) return undefined;
    for (const [i, item] of raw.items.entries()) {
      const bytes = item.type === "string" ? plainBase64(item.text) : undefined;
      if (bytes === undefined || !fillRaw(tensors[i], bytes)) return undefined;
    }
  } else if (!fillBinary(tensors, rest)) return undefined;
  return alignTensors(tensors.map((tensor) => ({ ...tensor, cells: tensor.cells ?? [] })));
}

/** The data behind the JSON stand at its end. */
function fillBinary(tensors: readonly PlainV2[], rest: Uint8Array): boolean {
  const waiting = tensors.filter(({ cells }) => cells === undefined);
  if (waiting.some(({ binarySize }) => binarySize === undefined)) return false;
  let at = rest.length - waiting.reduce((sum, { binarySize }) => sum + (binarySize ?? 0), 0);
  if (at < 0 || !isBlank(rest.subarray(0, at))) return false;
  return waiting.every((tensor) => {
    const start = at;
    at += tensor.binarySize ?? 0;
    return fillRaw(tensor, rest.subarray(start, at));
  });
}

function plainSection(mayHaveShapes: boolean, value: PlainJson, label: string): Section | undefined {
  if (mayHaveShapes && value.type === "array") {
    if (value.items.length === 0) return undefined;
    const met = new Set<string>();
    const first = plainTensor(value.items[0], met);
    if (met.size < 2) {
      met.clear();
      noteMembers(value.items[0], met);
    }
    if (first !== undefined || met.size >= 2) {
      const shaped = value.items.map((item) => plainTensor(item, met));
      return shaped.includes(undefined)
        ? undefined
        : { shaped: shaped.filter((tensor) => tensor !== undefined) };
    }
  }
  if (mayHaveShapes && value.type === "object") return plainColumns(value.members);
  return plainRows(value.type === "array" ? value.items : [value], label);
}

/** The three members that every tensor has, so far as the object is JSON. */
function noteMembers(value: PlainJson, met: Set<string>): void {
  if (value.type !== "object") return;
  for (const [key, member] of value.members) {
    if (["name", "shape", "datatype"].includes(key)) met.add(key);
    if (!isStrict(member)) return;
  }
}

function plainColumns(members: readonly (readonly [string, PlainJson])[]): Section | undefined {
  const columns = new Map<string, PlainV2>();
  for (const [name, value] of members) {
    if (Buffer.byteLength(name) > 1_024) {
      if (!isStrict(value)) return undefined;
      continue;
    }
    const read = flatten(value);
    if (read?.lengths === undefined) return undefined;
    const [rows = 1] = read.lengths;
    const width = read.cells.length === 0 ? 0 : read.cells.length / rows;
    const common = { datatype: "", binarySize: undefined, holdsJson: false };
    columns.set(name, { name, rows, width, cells: read.cells, ...common });
  }
  return { shaped: [...columns.values()] };
}

/** What a row does not have is missing in it. */
function plainRows(values: readonly PlainJson[], label: string): Section | undefined {
  const fields = new Map<string, { width: number; rows: PlainCell[][] }>();
  for (const [row, value] of values.entries()) {
    const members: readonly (readonly [string, PlainJson])[] =
      value.type === "object" ? value.members : [[label, value]];
    for (const [name, member] of members) {
      if (Buffer.byteLength(name) > 1_024) {
        if (!isStrict(member)) return undefined;
        continue;
      }
      const read = flatten(member);
      if (read === undefined) return undefined;
      const field = fields.get(name) ?? { width: 0, rows: [] };
      field.width = Math.max(field.width, read.cells.length);
      field.rows[row] = read.cells;
      fields.set(name, field);
    }
  }
  const tensors = [...fields].map(([name, { width, rows }]) => {
    const cells = values.flatMap((_, row) => {
      const cellsOfRow = rows[row] ?? [];
      return Array.from({ length: width }, (_, i) => cellsOfRow[i] ?? null);
    });
    return { name, datatype: "", rows: values.length, width, cells };
  });
  return { rows: values.length, tensors };
}
