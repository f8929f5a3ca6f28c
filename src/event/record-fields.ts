import type { Violation } from "./declared-schema.ts";
import type { ByteTable } from "./byte-table.ts";
import type { TensorType } from "./field-slots.ts";

/** Reads the fields of single records again, behind the decoder: for the few that are sampled. */
export interface FieldReader {
  /** Short hash of what kind of records they are and where their columns stand. */
  readonly layout: string;
  /** The fields of the record at an offset, valid until the next call; undefined where they cannot be read. */
  read(offset: number): ObservedRecord | undefined;
  /** Of the record that was read last: the text of its i-th field, hashed where the column is pii; undefined where it must not be kept. */
  valueOf(field: number): string | undefined;
  /** Of the record that was read last: where it breaks what its stream declares. */
  violations(): readonly Violation[];
  /** Of the record that was read last. @param version the model's, as the record's row has it */
  origin(offset: number, version: string): RecordOrigin;
}

/** Where a record comes from. */
export interface RecordOrigin {
  /** Who sent it, as JSON (producer.ts). */
  readonly producer: string;
  /** Its id, as it may be shown; absent where it has none. */
  readonly example?: string;
  /** 16 hexadecimal digits of the id's keyed hash: of several records the one with the smallest is the example. */
  readonly rank: string;
}

/** A field that records were seen to have. */
export interface FieldNode {
  /** The column or part of the envelope that it is by the stream's map, else its pointer. */
  readonly name: string;
  /** JSON Pointer from the record; `[]` stands for any element of an array. "" is the record itself. */
  readonly pointer: string;
  readonly depth: number;
  readonly parent: FieldNode | undefined;
  readonly children: FieldNode[];
  /** Positions in `children` by the raw bytes of the member's name. */
  readonly byName: ByteTable;
  element: FieldNode | undefined;
}

/**
 * What one record holds: for each field met, its slot (field-slots.ts) and, of texts and numbers, where it stands in `bytes`. Used again
 * for the next record.
 */
export interface ObservedRecord {
  /** What the record is, where it is no whole event: `inputs`, `outputs`, or the name of a stream of labels; else "". */
  holder: string;
  count: number;
  readonly fields: FieldNode[];
  readonly slots: number[];
  /** Of tensors what they are besides. */
  readonly tensors: (TensorType | undefined)[];
  /** Of texts, between the quotes, and of numbers; -1 elsewhere. */
  readonly starts: number[];
  readonly stops: number[];
  bytes: Uint8Array;
  /** Whether `bytes` are JSON, in which texts have escapes. */
  isJson: boolean;
}

/** What a field of a record is called among those of all kinds of records: `inputs.x`, `charged.truth`, `charged/outcome`. */
export function heldName(holder: string, name: string): string {
  if (holder === "") return name;
  return name.startsWith("/") ? `${holder}${name}` : `${holder}.${name}`;
}
