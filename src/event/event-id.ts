import { createSpan, setSpan } from "./byte-table.ts";
import type { ByteSpan } from "./byte-table.ts";
import { createSipHash, hashId } from "./ids.ts";
import type { SipHash } from "./ids.ts";
import { mixRowHigh, mixRowLow, takeRow } from "./row-id.ts";
import { createIdDigits, normalizeId } from "./number-id.ts";
import type { IdDigits } from "./number-id.ts";

/** How the ids of one stream become the 64-bit numbers that they are joined by. */
export interface IdReader {
  /** The last result. */
  readonly sip: SipHash;
  /** What was hashed last; valid until the next id. */
  readonly last: ByteSpan;
  readonly as: "hex" | "decimal" | undefined;
  readonly digits: IdDigits;
  /** Whether `id#k` is row k of the record `id`. */
  readonly hasRows: boolean;
}

/** @param options `key`: 16 bytes */
export function createIdReader(options: {
  key: Uint8Array;
  as: "hex" | "decimal" | undefined;
  hasRows: boolean;
}): IdReader {
  const { key, as, hasRows } = options;
  return { sip: createSipHash(key), last: createSpan(), as, digits: createIdDigits(), hasRows };
}

/** Hashes the id that the span holds into `sip.high` and `sip.low`; false if it is none. */
export function readId(reader: IdReader, span: ByteSpan): boolean {
  if (span.start === span.stop) return false;
  const row = reader.hasRows ? takeRow(span) : 0;
  if (reader.as !== undefined && !normalizeId(span, reader.as, reader.digits)) return false;
  const { sip } = reader;
  hashId(sip, span);
  setSpan(reader.last, span.bytes, span.start, span.stop);
  if (row > 0) {
    sip.high = mixRowHigh(sip.high, row);
    sip.low = mixRowLow(sip.low, row);
  }
  return true;
}
