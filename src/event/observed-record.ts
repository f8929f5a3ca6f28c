import { addCode, clearTable, createByteTable } from "./byte-table.ts";
import { decodeText } from "./dictionary.ts";
import { formatOf } from "./field-slots.ts";
import type { TensorType } from "./field-slots.ts";
import { hasEscape } from "./json-text.ts";
import type { FieldNode, ObservedRecord } from "./record-fields.ts";

/** Fields deeper than this are not looked at, nor elements of an array beyond the first ones. */
const DEEPEST_FIELD = 6;
export const MOST_ELEMENTS = 16;
/** Records may make up their names; what was learnt of them is then forgotten. */
const MOST_NODES = 4_096;
/** Longer names are not followed. Bytes. */
const LONGEST_NAME = 128;

/** The fields known so far. `nameOf` says what a pointer is called; called once per field. */
export interface FieldTree {
  readonly root: FieldNode;
  readonly nameOf: (pointer: string) => string;
  nodes: number;
}

export function createObservedRecord(holder = ""): ObservedRecord {
  const bytes = new Uint8Array(0);
  return { holder, count: 0, fields: [], slots: [], tensors: [], starts: [], stops: [], bytes, isJson: true };
}

export function createFieldTree(nameOf: (pointer: string) => string): FieldTree {
  return { root: createNode("", "", undefined), nameOf, nodes: 0 };
}

/** To be called before a record: forgets what is known once it is too much. */
export function boundTree(tree: FieldTree): void {
  if (tree.nodes < MOST_NODES) return;
  tree.nodes = 0;
  tree.root.children.length = 0;
  clearTable(tree.root.byName);
}

/** Adds the member whose name stands in `key` as raw bytes; undefined where it is not to be followed. */
export function addMember(
  tree: FieldTree,
  parent: FieldNode,
  key: Uint8Array,
  name: string,
): FieldNode | undefined {
  if (key.length > LONGEST_NAME || parent.depth >= DEEPEST_FIELD) return undefined;
  // Else a member's pointer could be that of an element.
  if (name === "[]") return undefined;
  const node = addNode(tree, parent, name.replaceAll("~", "~0").replaceAll("/", "~1"));
  addCode(parent.byName, key, parent.children.push(node) - 1);
  return node;
}

export function elementOf(tree: FieldTree, parent: FieldNode): FieldNode | undefined {
  if (parent.depth >= DEEPEST_FIELD) return undefined;
  parent.element ??= addNode(tree, parent, "[]");
  return parent.element;
}

function addNode(tree: FieldTree, parent: FieldNode, token: string): FieldNode {
  const pointer = `${parent.pointer}/${token}`;
  tree.nodes++;
  return createNode(tree.nameOf(pointer), pointer, parent);
}

function createNode(name: string, pointer: string, parent: FieldNode | undefined): FieldNode {
  return {
    name,
    pointer,
    depth: parent === undefined ? 0 : parent.depth + 1,
    parent,
    children: [],
    byName: createByteTable(),
    element: undefined,
  };
}

export function noteField(record: ObservedRecord, field: FieldNode, slot: number, tensor?: TensorType): void {
  const i = record.count++;
  record.fields[i] = field;
  record.slots[i] = slot;
  record.tensors[i] = tensor;
  record.starts[i] = -1;
  record.stops[i] = -1;
}

/** Notes a text, and where it stands. */
export function noteText(record: ObservedRecord, field: FieldNode, start: number, stop: number): void {
  noteField(record, field, formatOf(record.bytes, start, stop));
  noteSpan(record, start, stop);
}

/** Says where the value that was noted last stands. */
export function noteSpan(record: ObservedRecord, start: number, stop: number): void {
  record.starts[record.count - 1] = start;
  record.stops[record.count - 1] = stop;
}

/** The text of the i-th field. */
export function textOf(record: ObservedRecord, i: number): string {
  const { bytes, starts, stops } = record;
  const text = decodeText(bytes.subarray(starts[i], stops[i]));
  if (!record.isJson || !hasEscape(bytes, starts[i], stops[i])) return text;
  // The decoder has seen that it is a JSON text.
  return JSON.parse(`"${text}"`) as string;
}
