import type { ObservedRecord } from "./observed-record.ts";

/** Reads the fields of single records again, behind the decoder: for the few that are sampled. */
export interface FieldReader {
  /** Short hash of what kind of records they are and where their columns stand. */
  readonly layout: string;
  /** The fields of the record at an offset, valid until the next call; undefined where they cannot be read. */
  read(offset: number): ObservedRecord | undefined;
  /** Of the record that was read last: the text of its i-th field, hashed where the column is pii; undefined where it must not be kept. */
  valueOf(field: number): string | undefined;
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
