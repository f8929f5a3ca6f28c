import { createHash } from "node:crypto";
import type { FieldMap, MappedField } from "../config/config.ts";
import { fieldPath } from "./field-map.ts";

/** What a stream's map calls the fields of its records, so that a table's column and a record's member are one field. */
export interface FieldNames {
  /** Of a pointer: the column, or the part of the event, that the map makes of it; else the pointer itself. */
  nameOf(pointer: string): string;
  /** Short hash of what kind of records they are and where their columns stand: only records of one layout can be compared. */
  readonly layout: string;
}

/** It stands beside predictions where a reference is built, and comes apart from them later. */
export const TRUTH = "truth";

const OUTPUTS: readonly MappedField[] = ["score", "decision", "value"];
const ENVELOPE: readonly MappedField[] = ["id", "time", "model", "version", TRUTH];

/**
 * @param map completed by the format's own places
 * @param kind what the records are: rows of a table, whole events, requests...
 */
export function fieldNames(map: FieldMap, kind: string): FieldNames {
  const known = new Map<string, string>();
  for (const field of ENVELOPE) addName(known, map, field, field);
  for (const field of OUTPUTS) addName(known, map, field, `prediction.${field}`);
  const roots = (["features", "segment"] as const).flatMap((field) => {
    const path = fieldPath(map, field);
    return path === undefined ? [] : [`${pointerOf(path)}/`];
  });
  const taken = new Set(known.values());
  const places = JSON.stringify([kind, roots]);
  return {
    nameOf: (pointer) => known.get(pointer) ?? columnOf(pointer, roots, taken) ?? pointer,
    layout: createHash("sha256").update(places).digest("hex").slice(0, 16),
  };
}

function addName(known: Map<string, string>, map: FieldMap, field: MappedField, name: string): void {
  const path = fieldPath(map, field);
  if (path !== undefined && path.length > 0) known.set(pointerOf(path), name);
}

/** The member of the features that the pointer leads to; a column of that name is what a part of the event is not. */
function columnOf(pointer: string, roots: readonly string[], taken: ReadonlySet<string>): string | undefined {
  for (const root of roots) {
    const token = pointer.startsWith(root) ? pointer.slice(root.length) : "";
    const name = token.replaceAll("~1", "/").replaceAll("~0", "~");
    if (token !== "" && token !== "[]" && !token.includes("/") && !taken.has(name)) return name;
  }
  return undefined;
}

function pointerOf(path: readonly string[]): string {
  return path.map((token) => `/${token.replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}
