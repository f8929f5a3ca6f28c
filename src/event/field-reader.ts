import type { StreamConfig } from "../config/config.ts";
import { isServerFormat } from "../config/streams-section.ts";
import type { EventPlan } from "./batch.ts";
import { createSpan, spanText } from "./byte-table.ts";
import type { DeclaredSchema } from "./declared-schema.ts";
import { decodeText } from "./dictionary.ts";
import { envelopeSource, findOutside, TEXT } from "./envelope.ts";
import type { EnvelopeSource } from "./envelope.ts";
import { completeMap } from "./field-map.ts";
import { fieldNames } from "./field-names.ts";
import { SLOT } from "./field-slots.ts";
import { createFieldWalk, walkFields } from "./field-walk.ts";
import { createSipHash, hashCategory, hashId, rankOf } from "./ids.ts";
import type { PrivacyKeys } from "./ids.ts";
import { createIdDigits, normalizeId } from "./number-id.ts";
import { createFieldTree, createObservedRecord, textOf } from "./observed-record.ts";
import { producerOf } from "./producer.ts";
import type { FieldReader, ObservedRecord, RecordOrigin } from "./record-fields.ts";
import { recordAt } from "./records.ts";
import type { SourceBatch } from "./records.ts";
import { readShownId } from "./shown-id.ts";
import { observeRow } from "./table-fields.ts";

/** A reader of what a decoder has in hand. */
export interface FieldReading extends FieldReader {
  /** What `read` reads from until the next call. */
  source: SourceBatch | undefined;
}

/** What looks like an address, a name of its own or a time enumerates nothing. */
const ENUMERABLE: ReadonlySet<number> = new Set([SLOT.text, SLOT.numeric]);
/** Longer texts are none that enumerate anything. */
const LONGEST_VALUE = 64;

export function createFieldReader(options: {
  readonly stream: StreamConfig;
  readonly plans: readonly EventPlan[];
  readonly key: PrivacyKeys;
  /** What the stream declares of its records. */
  readonly schema?: DeclaredSchema;
}): FieldReading {
  const { stream, plans, key, schema } = options;
  const map = completeMap(stream.format, stream.map);
  const names = fieldNames(map, kindOf(stream));
  const tree = createFieldTree(names.nameOf);
  const record = createObservedRecord(holderOf(stream));
  const walk = createFieldWalk(tree, record);
  const isText = stream.format === "csv";
  // Nobody said of other fields that their texts may be kept.
  const categories = plans.flatMap(({ columns }) => columns.filter(({ type }) => type === "category"));
  const known = new Set(categories.map(({ name }) => name));
  const hidden = new Set(categories.flatMap(({ name, pii }) => (pii ? [name] : [])));
  const hidesIds = plans.some((plan) => plan.hidesIds === true);
  const source = { ...envelopeSource(map, "id"), as: map.id?.as };
  const ids = hidesIds ? () => ({ rank: "" }) : createIdReader(source, key, record);
  const reading: FieldReading = {
    layout: names.layout,
    source: undefined,
    read(offset) {
      const { source } = reading;
      if (source === undefined) return undefined;
      if (source.kind === "table") {
        observeRow({ tree, record, isText }, source, offset - source.firstOffset);
        return record;
      }
      const value = source.values[recordAt(source, offset)];
      return value !== null && value !== undefined && walkFields(walk, value) ? record : undefined;
    },
    valueOf(field) {
      const { name } = record.fields[field];
      const { starts, stops, slots } = record;
      if (!ENUMERABLE.has(slots[field]) || !known.has(name)) return undefined;
      if (!hidden.has(name)) {
        return stops[field] - starts[field] > LONGEST_VALUE ? undefined : textOf(record, field);
      }
      return hashCategory(key.pii, new TextEncoder().encode(textOf(record, field)));
    },
    violations() {
      if (schema === undefined || !record.isJson) return [];
      // The decoder has seen that it is JSON.
      const value: unknown = JSON.parse(decodeText(record.bytes));
      return schema
        .violations(value)
        .map(({ field, keyword }) => ({ keyword, field: field === "" ? "(record)" : names.nameOf(field) }));
    },
    origin(offset, version) {
      const { source } = reading;
      const at = source?.kind === "records" ? recordAt(source, offset) : -1;
      return { producer: producerOf(source, at, { version }), ...ids(source, at) };
    },
  };
  return reading;
}

/** Several streams may bring labels, each in its own shape. */
function holderOf({ role, name }: StreamConfig): string {
  if (role === "inference") return "";
  return role === "labels" ? name : role;
}

/** Records of one kind can be compared with each other. */
function kindOf({ format, role }: StreamConfig): string {
  if (format === "csv" || format === "parquet" || format === "arrow") return "table";
  if (isServerFormat(format)) return "server";
  return role === "inference" ? "event" : role;
}

/** The id of the record that was read last, and its rank. */
function createIdReader(
  from: EnvelopeSource & { readonly as?: "hex" | "decimal" | undefined },
  key: PrivacyKeys,
  record: ObservedRecord,
): (source: SourceBatch | undefined, at: number) => Omit<RecordOrigin, "producer"> {
  const sip = createSipHash(key.id);
  const span = createSpan();
  const digits = createIdDigits();
  const find = (source: SourceBatch | undefined, at: number): boolean => {
    if (from.from === "record") {
      const field = record.fields.findIndex(({ name }, i) => i < record.count && name === "id");
      if (field < 0 || record.starts[field] < 0) return false;
      // As labels name it, without escapes.
      spanText(span, textOf(record, field));
      return true;
    }
    return source?.kind === "records" && findOutside(from, source, at, span) === TEXT;
  };
  return (source, at) => {
    if (!find(source, at) || span.stop === span.start) return { rank: "" };
    // As the other side writes it, and labels name it; what is no number is shown as it is.
    if (from.as !== undefined) normalizeId(span, from.as, digits);
    hashId(sip, span);
    const rank = rankOf(sip);
    return { rank, example: readShownId(span, rank) };
  };
}
