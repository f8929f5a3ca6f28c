import { OTHER_CELL, plainScalar } from "./body.ts";
import type { PlainCell, PlainDraft } from "./body.ts";
import { isStrict, parsePlain } from "./json.ts";
import type { PlainJson } from "./json.ts";
import { DATATYPE_NAMES, plainRaw, plainText } from "./raw.ts";

export interface FlatCells {
  readonly cells: PlainCell[];
  /** How many arrays stand in one another. */
  readonly depth: number;
  /** Their lengths, from the outermost on; undefined unless all of one depth are equally long and hold cells of one depth. */
  readonly lengths: readonly number[] | undefined;
}

/** All cells of nested arrays in order; undefined where an object in them is no JSON. */
export function flatten(value: PlainJson): FlatCells | undefined {
  if (value.type !== "array") {
    if (value.type === "object" && !isStrict(value)) return undefined;
    return { cells: [plainScalar(value)], depth: 0, lengths: [] };
  }
  const parts = value.items.map(flatten);
  if (parts.includes(undefined)) return undefined;
  const items = parts.filter((part) => part !== undefined);
  const isRegular =
    items.every(({ lengths }) => lengths !== undefined) &&
    new Set(items.map(({ lengths }) => String(lengths?.length === 0 ? "cell" : lengths))).size <= 1;
  return {
    cells: items.flatMap(({ cells }) => cells),
    depth: 1 + Math.max(0, ...items.map(({ depth }) => depth)),
    lengths: isRegular ? [items.length, ...(items[0]?.lengths ?? [])] : undefined,
  };
}

/** A V2 tensor; its cells are undefined where they stand elsewhere. */
export interface PlainV2 extends Omit<PlainDraft, "cells"> {
  cells: readonly PlainCell[] | undefined;
  readonly binarySize: number | undefined;
  readonly holdsJson: boolean;
}

/** Notes in `met` which of the three members that every tensor has were met before something was wrong. */
export function plainTensor(value: PlainJson, met: Set<string>): PlainV2 | undefined {
  if (value.type !== "object") return undefined;
  const parts = { name: "", isNamed: false, datatype: "", holdsJson: false };
  let shape: number[] | undefined;
  let binarySize: number | undefined;
  let data: FlatCells | undefined;
  for (const [key, member] of value.members) {
    if (["name", "shape", "datatype"].includes(key)) met.add(key);
    switch (key) {
      case "name":
        if (member.type !== "string" || Buffer.byteLength(member.text) > 1_024) return undefined;
        parts.name = member.text;
        parts.isNamed = true;
        break;
      case "datatype":
        if (member.type !== "string") return undefined;
        parts.datatype = DATATYPE_NAMES.has(member.text) ? member.text : "";
        break;
      case "shape": {
        if (member.type !== "array") return undefined;
        const sizes = member.items.map(plainSize);
        if (sizes.includes(undefined) || sizes.length > 64) return undefined;
        shape = sizes.filter((size) => size !== undefined);
        break;
      }
      case "data":
      case "contents": {
        const read = key === "data" ? flatten(member) : plainContents(member);
        if (read === undefined) return undefined;
        const isNull = member.type === "word" && member.text === "null";
        const isNothing = key === "contents" && read.depth < 0;
        if (!isNull && !isNothing) data = read;
        else if (data !== undefined) data = { ...data, cells: [] };
        break;
      }
      case "parameters": {
        const read = plainParameters(member);
        if (read === undefined) return undefined;
        binarySize = read.binarySize ?? binarySize;
        parts.holdsJson = read.holdsJson ?? parts.holdsJson;
        break;
      }
      default:
        if (!isStrict(member)) return undefined;
    }
  }
  if (!parts.isNamed || shape === undefined || parts.datatype === "") return undefined;
  const isEmpty = shape.includes(0);
  const [rows = 1, ...others] = shape;
  const width = isEmpty ? 0 : others.reduce((product, size) => product * size, 1);
  const draft = { ...parts, rows, width, binarySize };
  if (data === undefined || binarySize !== undefined) return { ...draft, cells: undefined };
  if (data.cells.length !== rows * width) return undefined;
  if (data.depth > 1 && data.lengths?.[0] !== rows) return undefined;
  return { ...draft, cells: settle(draft, data.cells) };
}

/** A whole number of 0 or more, or its text. */
function plainSize(value: PlainJson): number | undefined {
  if (value.type !== "number" && value.type !== "string") return undefined;
  if (value.type === "string" && !/^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?$/.test(value.text)) {
    return undefined;
  }
  const size = Number(value.text);
  return Number.isSafeInteger(size) && size >= 0 ? size : undefined;
}

function plainParameters(value: PlainJson): { binarySize?: number; holdsJson?: boolean } | undefined {
  if (value.type !== "object") return value.type === "word" && value.text === "null" ? {} : undefined;
  const found: { binarySize?: number; holdsJson?: boolean } = {};
  for (const [key, member] of value.members) {
    if (key === "binary_data_size") {
      const size = plainSize(member);
      if (size === undefined) return undefined;
      found.binarySize = size;
    } else if (!isStrict(member)) return undefined;
    if (key === "content_type" && member.type === "string") found.holdsJson = member.text === "pd_json";
  }
  return found;
}

const CONTENTS = /^(bool|int|int64|uint|uint64|fp32|fp64|bytes)(_c|C)ontents$/;

const NO_CONTENTS: FlatCells = { cells: [], depth: -1, lengths: [] };

/** The cells of all members; the nesting is that of the last one. */
function plainContents(value: PlainJson): FlatCells | undefined {
  if (value.type !== "object") {
    const isNull = value.type === "word" && value.text === "null";
    return isNull ? NO_CONTENTS : undefined;
  }
  const cells: PlainCell[] = [];
  let last: FlatCells | undefined;
  for (const [key, member] of value.members) {
    if (!CONTENTS.test(key)) {
      if (!isStrict(member)) return undefined;
      continue;
    }
    const read = flatten(member);
    if (read === undefined) return undefined;
    last = read;
    for (const cell of read.cells) {
      const decoded = key.startsWith("bytes") && typeof cell === "string" ? plainBase64(cell) : undefined;
      if (key.startsWith("bytes") && typeof cell === "string" && decoded === undefined) return undefined;
      cells.push(decoded === undefined ? cell : plainText(decoded));
    }
  }
  return last === undefined ? NO_CONTENTS : { ...last, cells };
}

export function plainBase64(text: string): Buffer | undefined {
  if (!/^[A-Za-z0-9+/_-]*={0,2}$/.test(text)) return undefined;
  const digits = text.replaceAll("=", "");
  if (digits.length % 4 === 1 || (digits !== text && text.length % 4 !== 0)) return undefined;
  return Buffer.from(text, "base64");
}

/** What the datatype, or the content type, makes of the cells that JSON has. */
function settle({ datatype, holdsJson }: Omit<PlainV2, "cells">, cells: readonly PlainCell[]): PlainCell[] {
  if (datatype === "BYTES") return holdsJson ? cells.map(plainJsonText) : [...cells];
  if (datatype === "BOOL") return cells.map((cell) => (cell === 0 || cell === 1 ? cell === 1 : cell));
  const isFloat = /^B?F/.test(datatype);
  return cells.map((cell) => {
    if (isFloat && typeof cell === "bigint") return Number(cell);
    if (typeof cell !== "string") return cell;
    if (/^(NaN|-?Infinity)$/.test(cell)) return Number(cell);
    if (!/^-?(0|[1-9][0-9]*)$/.test(cell)) return cell;
    const number = Number(cell);
    return !isFloat && Math.abs(number) >= 2 ** 53 && Math.abs(number) < Infinity ? BigInt(cell) : number;
  });
}

export function plainJsonText(cell: PlainCell): PlainCell {
  if (typeof cell !== "string") return cell;
  const bytes = Buffer.from(cell);
  const read = parsePlain(bytes);
  if (read === undefined || read.end !== bytes.length) return OTHER_CELL;
  if (read.value.type === "word" && read.value.text.endsWith("Infinity")) return OTHER_CELL;
  return read.value.type === "array" ? OTHER_CELL : plainScalar(read.value);
}

/** Gives the tensors what stands elsewhere, one piece of raw bytes each. */
export function fillRaw(tensor: PlainV2, bytes: Uint8Array): boolean {
  const cells = plainRaw(tensor.datatype, bytes);
  if (cells === undefined || cells.length !== tensor.rows * tensor.width) return false;
  tensor.cells = tensor.datatype === "BYTES" && tensor.holdsJson ? cells.map(plainJsonText) : cells;
  return true;
}
