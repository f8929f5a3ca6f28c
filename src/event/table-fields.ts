import { SLOT } from "./field-slots.ts";
import { addMember, boundTree, noteField, noteText } from "./observed-record.ts";
import type { FieldTree } from "./observed-record.ts";
import type { FieldNode, ObservedRecord } from "./record-fields.ts";
import type { TableBatch } from "./records.ts";
import { textOfCell } from "./text-cells.ts";

const ENCODER = new TextEncoder();

/** Notes every column of a table's row as a field. @param isText every cell is text (csv): numerals are numbers, nothing is null */
export function observeRow(
  observing: { readonly tree: FieldTree; readonly record: ObservedRecord; readonly isText: boolean },
  table: TableBatch,
  row: number,
): void {
  const { tree, record, isText } = observing;
  boundTree(tree);
  record.count = 0;
  record.isJson = false;
  const texts: Uint8Array[] = [];
  let length = 0;
  for (const name of Object.keys(table.columns)) {
    const field = columnOf(tree, name);
    if (field === undefined) continue;
    const cells = table.cells?.[name];
    const value = cells === undefined ? table.columns[name][row] : textOfCell(cells, row);
    const slot = slotOfCell(value, isText);
    if (slot !== undefined || typeof value !== "string") {
      noteField(record, field, slot ?? SLOT.object);
      continue;
    }
    const bytes = ENCODER.encode(value);
    record.bytes = bytes;
    noteText(record, field, 0, bytes.length);
    record.starts[record.count - 1] += length;
    record.stops[record.count - 1] += length;
    texts.push(bytes);
    length += bytes.length;
  }
  record.bytes = joinBytes(texts, length);
}

/** Columns are few and come in one order. */
function columnOf(tree: FieldTree, name: string): FieldNode | undefined {
  const pointer = `/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`;
  const known = tree.root.children.find((child) => child.pointer === pointer);
  return known ?? addMember(tree, tree.root, ENCODER.encode(name), name);
}

/** Undefined where it is a text whose format says more. */
function slotOfCell(value: unknown, isText: boolean): number | undefined {
  if (value === null || value === undefined || (isText && value === "")) return SLOT.null;
  if (typeof value === "string") return isText ? slotOfText(value) : undefined;
  if (typeof value === "number") return Number.isInteger(value) ? SLOT.integer : SLOT.number;
  if (typeof value === "bigint") return SLOT.integer;
  if (typeof value === "boolean") return SLOT.boolean;
  if (value instanceof Date) return SLOT.dateTime;
  return Array.isArray(value) ? SLOT.array : SLOT.object;
}

function slotOfText(text: string): number | undefined {
  const lower = text.toLowerCase();
  if (lower === "true" || lower === "false") return SLOT.boolean;
  const number = text.trim() === "" ? Number.NaN : Number(text);
  if (Number.isNaN(number)) return undefined;
  return Number.isInteger(number) ? SLOT.integer : SLOT.number;
}

function joinBytes(texts: readonly Uint8Array[], length: number): Uint8Array {
  const joined = new Uint8Array(length);
  let at = 0;
  for (const text of texts) {
    joined.set(text, at);
    at += text.length;
  }
  return joined;
}
