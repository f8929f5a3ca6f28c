import { createSpan, findCode, hashSpan, setSpan } from "./byte-table.ts";
import type { ByteSpan } from "./byte-table.ts";
import { decodeText } from "./dictionary.ts";
import { SLOT } from "./field-slots.ts";
import { readNumber } from "./json-number.ts";
import { isNull, isTrue, MAX_DEPTH, skipColon, skipValue } from "./json-skip.ts";
import { hasEscape, skipSpace, skipString } from "./json-text.ts";
import {
  addMember,
  boundTree,
  elementOf,
  MOST_ELEMENTS,
  noteField,
  noteSpan,
  noteText,
} from "./observed-record.ts";
import type { FieldTree } from "./observed-record.ts";
import type { FieldNode, ObservedRecord } from "./record-fields.ts";

/** Notes the fields of JSON records. One per decoder, reused from record to record. */
export interface FieldWalk {
  readonly tree: FieldTree;
  readonly record: ObservedRecord;
  readonly span: ByteSpan;
  readonly number: Float64Array;
  readonly open: Uint8Array;
}

export function createFieldWalk(tree: FieldTree, record: ObservedRecord): FieldWalk {
  return {
    tree,
    record,
    span: createSpan(),
    number: new Float64Array(1),
    open: new Uint8Array(MAX_DEPTH),
  };
}

/** Notes every field of the record in `bytes`; false if it is not one JSON object. */
export function walkFields(walk: FieldWalk, bytes: Uint8Array): boolean {
  const { record, tree } = walk;
  boundTree(tree);
  record.count = 0;
  record.bytes = bytes;
  record.isJson = true;
  const start = skipSpace(bytes, 0);
  return bytes[start] === 0x7b && walkObject(walk, tree.root, start + 1) >= 0;
}

/** From the byte after an object's brace to the one after its end, or -1. */
function walkObject(walk: FieldWalk, node: FieldNode, start: number): number {
  const { bytes } = walk.record;
  let at = skipSpace(bytes, start);
  if (bytes[at] === 0x7d) return at + 1;
  for (;;) {
    if (bytes[at] !== 0x22) return -1;
    const stop = skipString(bytes, at + 1);
    if (stop < 0) return -1;
    const child = memberOf(walk, node, at + 1, stop - 1);
    at = skipColon(bytes, stop);
    at = at < 0 ? -1 : walkValue(walk, child, at);
    if (at < 0) return -1;
    at = skipSpace(bytes, at);
    if (bytes[at] !== 0x2c) return bytes[at] === 0x7d ? at + 1 : -1;
    at = skipSpace(bytes, at + 1);
  }
}

function memberOf(walk: FieldWalk, node: FieldNode, start: number, stop: number): FieldNode | undefined {
  const { span, tree } = walk;
  const { bytes } = walk.record;
  setSpan(span, bytes, start, stop);
  hashSpan(span);
  const position = findCode(node.byName, span);
  if (position >= 0) return node.children[position];
  const raw = decodeText(bytes.subarray(start, stop));
  // The decoder has seen that it is a JSON text.
  const name = hasEscape(bytes, start, stop) ? (JSON.parse(`"${raw}"`) as string) : raw;
  return addMember(tree, node, bytes.slice(start, stop), name);
}

/** Notes the value at `at`, and what it holds; without a field it is skipped. */
function walkValue(walk: FieldWalk, field: FieldNode | undefined, at: number): number {
  const { record, open } = walk;
  const { bytes } = record;
  if (field === undefined) return skipValue(bytes, at, 0, open);
  switch (bytes[at]) {
    case 0x7b:
      noteField(record, field, SLOT.object);
      return walkObject(walk, field, at + 1);
    case 0x5b:
      noteField(record, field, SLOT.array);
      return walkArray(walk, field, at + 1);
    case 0x22: {
      const stop = skipString(bytes, at + 1);
      if (stop > 0) noteText(record, field, at + 1, stop - 1);
      return stop;
    }
    case 0x74:
    case 0x66:
      noteField(record, field, SLOT.boolean);
      return at + (isTrue(bytes, at) ? 4 : 5);
    case 0x6e:
      noteField(record, field, SLOT.null);
      return isNull(bytes, at) ? at + 4 : -1;
    default:
      return walkNumber(walk, field, at);
  }
}

/** 3.0 and 3e2 are whole numbers, as JSON Schema has it. */
function walkNumber({ record, number }: FieldWalk, field: FieldNode, at: number): number {
  const next = readNumber(record.bytes, at, number, 0);
  if (next < 0) return -1;
  noteField(record, field, Number.isInteger(number[0]) ? SLOT.integer : SLOT.number);
  noteSpan(record, at, next);
  return next;
}

function walkArray(walk: FieldWalk, field: FieldNode, start: number): number {
  const { bytes } = walk.record;
  let at = skipSpace(bytes, start);
  if (bytes[at] === 0x5d) return at + 1;
  const element = elementOf(walk.tree, field);
  for (let position = 0; ; position++) {
    at = walkValue(walk, position < MOST_ELEMENTS ? element : undefined, at);
    if (at < 0) return -1;
    at = skipSpace(bytes, at);
    if (bytes[at] !== 0x2c) return bytes[at] === 0x5d ? at + 1 : -1;
    at = skipSpace(bytes, at + 1);
  }
}
