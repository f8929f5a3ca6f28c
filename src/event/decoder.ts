import type { StreamConfig } from "../config/config.ts";
import type { Tick } from "../config/tick.ts";
import type { DecodedRecords } from "./batch.ts";
import { setSpan } from "./byte-table.ts";
import { createClock } from "./clock.ts";
import type { DecodingClock } from "./clock.ts";
import { createState, finishCall, startCall } from "./decoder-state.ts";
import type { DecoderOptions } from "./decoder-state.ts";
import { createFieldReader } from "./field-reader.ts";
import { decodeRecords } from "./record-decoder.ts";
import { recordAt } from "./records.ts";
import type { RecordBatch, TableBatch } from "./records.ts";
import { decodeMessages } from "./server-decoder.ts";
import { createServerFields } from "./server-fields.ts";
import { decodeRows } from "./table-decoder.ts";
import type { Unreadable } from "./unreadable.ts";
import { explainUnreadable } from "./unreadable-record.ts";

/**
 * Turns records into column batches. Never throws on what a record holds. The result of a call is valid until the next one:
 * its arrays are used again, for every partition of the stream.
 */
export interface Decoder {
  readonly stream: StreamConfig;
  /** The first names of models that records were of and no plan is. */
  readonly unknownModels: readonly string[];
  decode(batch: RecordBatch, tick: Tick): DecodedRecords;
  decodeTable(table: TableBatch, tick: Tick): DecodedRecords;
  /** The id that the last call read last, by which its record is joined: of a row the record's own. A copy; undefined where it read none. */
  lastId(): Uint8Array | undefined;
  /** What must be stored beside the partition's offset, as of the last call. */
  clock(partition: number): DecodingClock;
  /** Takes up a partition where the stored clock left it; undefined: from its beginning. */
  restore(partition: number, clock: DecodingClock | undefined): void;
}

const NOTHING = new Uint8Array(0);

export function createDecoder(options: DecoderOptions): Decoder {
  const state = createState(options);
  const fields =
    state.server === undefined
      ? createFieldReader(options)
      : createServerFields(state, state.server, options.key);
  const { last } = state.ids;
  return {
    stream: options.stream,
    unknownModels: state.unknown.names,
    decode(batch, tick) {
      const clock = startCall(state, batch);
      setSpan(last, NOTHING, 0, 0);
      const limits = { now: tick.now, maxAhead: state.stream.maxAhead };
      if (state.server === undefined) decodeRecords(state, batch, clock, limits);
      else decodeMessages(state, state.server, batch, { clock, limits });
      const nextOffset = batch.count === 0 ? -1 : batch.offsets[batch.count - 1] + 1;
      fields.source = batch;
      const explain = (offset: number): Unreadable | undefined => {
        const value = batch.values[recordAt(batch, offset)];
        return value ? explainUnreadable(value, state.stream.format) : undefined;
      };
      return { ...finishCall(state, batch, nextOffset), fields, explain };
    },
    decodeTable(table, tick) {
      const clock = startCall(state, table);
      const limits = { now: tick.now, maxAhead: state.stream.maxAhead };
      decodeRows(state, table, clock, limits);
      fields.source = table;
      const explain = (): Unreadable => "row";
      return { ...finishCall(state, table, table.firstOffset + table.count), fields, explain };
    },
    lastId: () =>
      last.stop === last.start ? undefined : Uint8Array.from(last.bytes.subarray(last.start, last.stop)),
    clock: (partition) => ({ ...(state.clocks.get(partition) ?? createClock()) }),
    restore(partition, clock) {
      state.clocks.set(partition, { ...(clock ?? createClock()) });
    },
  };
}
