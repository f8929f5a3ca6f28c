import type { StreamConfig } from "../config/config.ts";
import type { TensorBody } from "./tensor-body.ts";

/** The body has no such column. */
const NOWHERE = -1;
/** The column's tensor has not as many cells a row as `names` says: which of them it would be is not known. */
export const MISFIT = -2;

/** Where the cells of some columns stand in the bodies of a stream; found anew only where tensors change. */
export interface ColumnPlaces {
  readonly names: NamesOfTensors;
  /** By column: its flattened name, and what that may be made of; undefined for a column that is not looked for. */
  readonly wanted: readonly (WantedColumn | undefined)[];
  /** By column: position of its tensor, NOWHERE or MISFIT. */
  readonly tensors: Int32Array;
  /** By column: its cell in a row of that tensor. */
  readonly offsets: Int32Array;
  /** Names and widths of the tensors that this was found for. */
  readonly seen: { readonly names: string[]; readonly widths: number[]; count: number };
}

export interface NamesOfTensors {
  /** Of the only tensor of a body. */
  readonly list?: readonly string[];
  readonly byTensor: ReadonlyMap<string, readonly string[]>;
}

/** `name`, or cell `position` of tensor `base`, which is called `base-position`. */
export interface WantedColumn {
  readonly name: string;
  readonly base: string;
  readonly position: number;
}

/** @param ofRequest a list names the columns of what was asked, where a stream carries both */
export function namesOfTensors({ names, role }: StreamConfig, ofRequest: boolean): NamesOfTensors {
  if (names === undefined) return { byTensor: new Map() };
  if (!isList(names)) return { byTensor: new Map(Object.entries(names)) };
  return role === "inference" && !ofRequest ? { byTensor: new Map() } : { list: names, byTensor: new Map() };
}

function isList(names: NonNullable<StreamConfig["names"]>): names is readonly string[] {
  return Array.isArray(names);
}

export function wantedColumn(name: string): WantedColumn {
  const [, base = "", digits = "-1"] = /^(.*)-(0|[1-9][0-9]{0,8})$/s.exec(name) ?? [];
  return { name, base, position: Number(digits) };
}

export function createPlaces(
  names: NamesOfTensors,
  wanted: readonly (WantedColumn | undefined)[],
): ColumnPlaces {
  return {
    names,
    wanted,
    tensors: new Int32Array(wanted.length).fill(NOWHERE),
    offsets: new Int32Array(wanted.length),
    seen: { names: [], widths: [], count: -1 },
  };
}

/** Finds every column in the body's tensors, whatever their order; answers whether they are others than in the last body. */
export function placeColumns(places: ColumnPlaces, body: TensorBody): boolean {
  if (isSame(places.seen, body)) return false;
  note(places.seen, body);
  const positions = new Map<string, number>();
  // Of two tensors of one name, the first one is meant.
  for (let t = body.count - 1; t >= 0; t--) positions.set(body.tensors[t].name, t);
  for (const [column, wanted] of places.wanted.entries()) {
    places.tensors[column] =
      wanted === undefined ? NOWHERE : findPlace(places, body, { wanted, positions, column });
  }
  return true;
}

function isSame(seen: ColumnPlaces["seen"], body: TensorBody): boolean {
  if (seen.count !== body.count) return false;
  for (let t = 0; t < body.count; t++) {
    const { name, width } = body.tensors[t];
    if (seen.widths[t] !== width || seen.names[t] !== name) return false;
  }
  return true;
}

function note(seen: ColumnPlaces["seen"], { tensors, count }: TensorBody): void {
  seen.names.length = 0;
  seen.widths.length = 0;
  seen.count = count;
  for (let t = 0; t < count; t++) {
    seen.names.push(tensors[t].name);
    seen.widths.push(tensors[t].width);
  }
}

interface Search {
  readonly wanted: WantedColumn;
  readonly positions: ReadonlyMap<string, number>;
  readonly column: number;
}

/** The tensor of a column, or why there is none; its offset goes to `places`. */
function findPlace({ names, offsets }: ColumnPlaces, body: TensorBody, search: Search): number {
  const { wanted, positions, column } = search;
  const only = body.count === 1 ? body.tensors[0] : undefined;
  // Rows may be objects of one key: then the key is a name, and the list has nothing to say.
  if (names.list !== undefined && only !== undefined && !names.list.includes(only.name)) {
    offsets[column] = names.list.indexOf(wanted.name);
    if (offsets[column] < 0) return NOWHERE;
    return only.width === names.list.length ? 0 : MISFIT;
  }
  for (const [tensor, list] of names.byTensor) {
    const offset = list.indexOf(wanted.name);
    const position = positions.get(tensor);
    if (offset < 0 || position === undefined) continue;
    offsets[column] = offset;
    return body.tensors[position].width === list.length ? position : MISFIT;
  }
  const whole = positions.get(wanted.name);
  if (whole !== undefined && body.tensors[whole].width === 1 && !names.byTensor.has(wanted.name)) {
    offsets[column] = 0;
    return whole;
  }
  const part = wanted.position < 0 ? undefined : positions.get(wanted.base);
  if (part === undefined || names.byTensor.has(wanted.base)) return NOWHERE;
  const { width } = body.tensors[part];
  offsets[column] = wanted.position;
  return width > 1 && wanted.position < width ? part : NOWHERE;
}
