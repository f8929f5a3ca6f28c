import type { DropReason } from "./reason.ts";
import type { FieldReader } from "./record-fields.ts";
import type { RefusedRecords } from "./refusal.ts";
import type { Unreadable } from "./unreadable.ts";

/** What the columns of one model's events are: fixed when rules and references load. */
export interface EventPlan {
  readonly model: string;
  /** Whether ids are hashed: only a model with labels, a join or `dedup` pays for it. */
  readonly needsId: boolean;
  /** Ids are personal data: none is told, also as an example. */
  readonly hidesIds?: boolean;
  /** Present where a row is only what the model was asked, or only what it answered: the two are joined by id. */
  readonly half?: "input" | "output";
  /** Whether an id may name a row of a record: `id#row`. */
  readonly rowIds?: boolean;
  readonly columns: readonly ColumnPlan[];
}

export type ColumnType = "number" | "category" | "boolean";
/**
 * Where the column stands in the event; an output's name is `prediction.score|decision|value`. A probability is that of one
 * class, which is held against the truth and is no series of its own.
 */
export type ColumnRole = "feature" | "output" | "segment" | "truth" | "probability";

export interface ColumnPlan {
  readonly name: string;
  readonly type: ColumnType;
  readonly role: ColumnRole;
  /** Category values are replaced by their keyed hash before anything else sees them. */
  readonly pii: boolean;
  /** The reference's categories; the code of a value is its position. Booleans: ["false", "true"]. Numbers: []. */
  readonly categories: readonly string[];
  /** While a reference is built: values not yet in the batch's dictionary are added to it, up to LEARN_LIMIT. */
  readonly learn?: boolean;
  /** Whether values that have no position in `categories` are told apart by their cells (distinct-cell.ts). */
  readonly distinct?: boolean;
  /** Declared limits (schemas, rule file): a value outside is invalid. */
  readonly minimum?: number;
  readonly maximum?: number;
}

/**
 * A micro-batch: the events of one model from one partition, in offset order, as columns in preallocated typed
 * arrays. Row i of every array is the same event; only the first `rows` are meaningful. Reused from batch to batch.
 */
export interface EventBatch {
  readonly plan: EventPlan;
  readonly capacity: number;
  rows: number;
  /** Offset of the record that carried the row. */
  readonly offset: Float64Array;
  /** The record's own timestamp, ms since the epoch (Kafka's; a file's: highest valid event time so far). */
  readonly recordTime: Float64Array;
  /** Event time, ms since the epoch; of a row without usable time, what clock.ts puts in its place (NaN: nothing known). */
  readonly time: Float64Array;
  /** 0, or 1 + the position in DROP_REASONS of why the row cannot be measured (bad id, time, model...). */
  readonly reason: Uint8Array;
  /** Of a row that is invalid as a whole: what of its envelope cannot be read, as envelope-fault.ts says. */
  readonly envelope: Uint8Array;
  /** Position in `versions`. */
  readonly version: Int32Array;
  /** Version strings seen by this decoder, bounded; position 0 is "" (no version in the event). */
  readonly versions: string[];
  /** The 64-bit keyed hash of the id, high and low halves; all zero unless `plan.needsId`. */
  readonly idHigh: Uint32Array;
  readonly idLow: Uint32Array;
  /** On the first row of a request or response: how many rows it has. 0 on all others, and where a record is one row. */
  readonly rowsOfRecord: Uint32Array;
  /** Which row of its record it is, from 0. */
  readonly rowInRecord: Uint32Array;
  /** In the order of `plan.columns`. */
  readonly columns: readonly BatchColumn[];
  /** Cells whose value was of the wrong type or outside its declared limits: `faults` pairs of (row, column). */
  faults: number;
  faultRow: Uint32Array;
  faultColumn: Uint16Array;
}

/** A column of a batch. Where the validity bit is 0 the cell is missing (null, absent) or a fault (see `faults`). */
export type BatchColumn = NumberColumn | CategoryColumn;

export interface NumberColumn {
  readonly type: "number";
  /** NaN where not valid; NaN with the validity bit set is a NaN that was sent. */
  readonly values: Float64Array;
  /** Arrow's layout: bit i of byte i >> 3, least significant first; 1 = a value is there. */
  readonly validity: Uint8Array;
}

export interface CategoryColumn {
  readonly type: "category";
  /** The plan's categories; where the plan says `learn`, those and every value seen since, shared by all batches of a decoder. */
  readonly categories: readonly string[];
  /** Position in `categories`; -1 where not valid; a value that the reference does not know: `plan.categories.length` (with `learn`: LEARN_LIMIT), where the plan says `distinct` plus its cell. */
  readonly codes: Int32Array;
  readonly validity: Uint8Array;
}

/** What one run of records of one partition decoded to. */
export interface DecodedRecords {
  readonly stream: string;
  readonly partition: number;
  /** One batch per model that the stream carries, in the stream's fixed order of models. */
  readonly batches: readonly EventBatch[];
  /** For the k-th row in offset order: which batch it stands in (rows of one batch keep their order); `rows` long or longer. */
  readonly sequence: Uint16Array;
  readonly rows: number;
  readonly ledger: RecordLedger;
  /**
   * For every undecodable record: the event time that stands in for its own (ms), in offset order, for the panes that count
   * it; not finite where there is none.
   */
  readonly undecodableTime: Float64Array;
  /** How many rows stood before it, in offset order. */
  readonly undecodableAfter: Uint32Array;
  /** Every record that gave no row, and why. */
  readonly refused: RefusedRecords;
  /** What is wrong with an undecodable record, if that can be said; absent where nobody asks. Valid until the next call. */
  readonly explain?: (offset: number) => Unreadable | undefined;
  /** Offset of the next record to read; -1 if there was no record. */
  readonly nextOffset: number;
  /** Reads single records again for what fields they have; absent where the format cannot. Valid until the next call. */
  readonly fields?: FieldReader;
  /** Rows of models that no rule file names, and other drops that have no batch. */
  readonly unroutable: Readonly<Partial<Record<DropReason, number>>>;
}

/** Records = decoded + undecodable + ignored + oversize. */
export interface RecordLedger {
  decoded: number;
  undecodable: number;
  ignored: number;
  oversize: number;
}

/** The most categories that a column may have while a reference is built; all further ones are one. */
export const LEARN_LIMIT = 65_536;
