import { createHash } from "node:crypto";
import type { CategoryColumn, EventBatch, EventPlan } from "../event/batch.ts";

/** Which segments a model counts, and how a row finds its own: fixed when the reference loads. */
export interface Segments {
  /** `all` first, then every grouping's segments, each grouping closed by its own `other`. */
  readonly names: readonly string[];
  readonly groupings: readonly Grouping[];
  /** Of the names in their order, and how they are grouped: positions among other ones mean nothing. */
  readonly id: string;
}

export interface Grouping {
  /** The columns that it groups by. */
  readonly keys: readonly string[];
  /** Their positions in the plan's columns. */
  readonly columns: readonly number[];
  /** Number of known categories + 1 of each column, for mixed-radix codes. */
  readonly radices: readonly number[];
  /** Mixed-radix code -> position in `names`. */
  readonly segmentOfCode: ReadonlyMap<number, number>;
  /** Position of the grouping's `other`. */
  readonly other: number;
}

/** The name of a segment: `all`, or `column=value` pairs, so that data can never collide with a reserved word. */
export function segmentName(keys: readonly string[], values: readonly string[]): string {
  return keys.map((key, position) => `${key}=${values[position] ?? ""}`).join(",");
}

/** The name of what a grouping does not follow one by one. */
export function otherName(keys: readonly string[]): string {
  return keys.length === 0 ? "other" : `other(${keys.join(",")})`;
}

/**
 * `known` are the reference's segment names. A segment whose value the plan's dictionaries lack is left out: no event
 * can carry its code.
 */
export function buildSegments(options: {
  plan: EventPlan;
  segmentBy: readonly (readonly string[])[];
  known: readonly string[];
}): Segments {
  const names = ["all"];
  const groupings: Grouping[] = [];
  for (const keys of options.segmentBy) {
    const columns = keys.map((key) => options.plan.columns.findIndex((column) => column.name === key));
    if (columns.includes(-1)) continue;
    const categories = columns.map((column) => options.plan.columns[column]?.categories ?? []);
    const radices = categories.map((list) => list.length + 1);
    const segmentOfCode = new Map<number, number>();
    for (const name of options.known) {
      const code = codeOfName({ name, keys, categories, before: 0 });
      if (code === undefined) continue;
      segmentOfCode.set(code, names.length);
      names.push(name);
    }
    groupings.push({ keys, columns, radices, segmentOfCode, other: names.length });
    names.push(otherName(keys));
  }
  const id = createHash("sha256")
    .update(JSON.stringify([names, groupings.length]))
    .digest("hex");
  return { names, groupings, id: id.slice(0, 16) };
}

/** The mixed-radix code of a segment's name, `before` being that of the keys before; undefined if no values fit it. */
function codeOfName(options: {
  name: string;
  keys: readonly string[];
  categories: readonly (readonly string[])[];
  before: number;
}): number | undefined {
  const { name, keys, categories, before } = options;
  const [key, ...otherKeys] = keys;
  const [list = [], ...otherLists] = categories;
  if (key === undefined) return name === "" ? before : undefined;
  const ending = otherKeys.length > 0 ? "," : "";
  // Values may themselves hold commas and equals signs, so every category that fits is tried until the rest fits too.
  for (const [position, value] of list.entries()) {
    const start = `${key}=${value}${ending}`;
    if (!name.startsWith(start)) continue;
    const rest = { name: name.slice(start.length), before: before * (list.length + 1) + position };
    const code = codeOfName({ ...rest, keys: otherKeys, categories: otherLists });
    if (code !== undefined) return code;
  }
  return undefined;
}

/** Fills `into[row]` with each row's segment of the grouping; rows without a value are in `other`. */
export function assignSegments(batch: EventBatch, grouping: Grouping, into: Int32Array): void {
  const [first] = grouping.columns;
  if (grouping.columns.length === 1 && first !== undefined) {
    assignByOneColumn(categoryColumn(batch, first), grouping, { rows: batch.rows, into });
    return;
  }
  const columns = grouping.columns.map((position) => categoryColumn(batch, position));
  for (let row = 0; row < batch.rows; row++) {
    let code = 0;
    for (let k = 0; k < columns.length; k++) {
      const radix = grouping.radices[k];
      // Unseen values may be told apart, and are all one here.
      const value = Math.min(columns[k]?.codes[row], radix - 1);
      code = value < 0 ? Number.NaN : code * radix + value;
    }
    into[row] = grouping.segmentOfCode.get(code) ?? grouping.other;
  }
}

function assignByOneColumn(
  column: CategoryColumn,
  grouping: Grouping,
  target: { rows: number; into: Int32Array },
): void {
  const { codes } = column;
  let lastCode = Number.NaN;
  let lastSegment = grouping.other;
  for (let row = 0; row < target.rows; row++) {
    const code = codes[row];
    if (code !== lastCode) {
      lastCode = code;
      lastSegment = grouping.segmentOfCode.get(code) ?? grouping.other;
    }
    target.into[row] = lastSegment;
  }
}

function categoryColumn(batch: EventBatch, position: number): CategoryColumn {
  const column = batch.columns[position];
  if (column === undefined || column.type !== "category") {
    throw new Error(`segment column ${batch.plan.columns[position]?.name ?? position} is not a category`);
  }
  return column;
}
