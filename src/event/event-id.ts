import type { ByteSpan } from "./byte-table.ts";
import { createSipHash, hashId } from "./ids.ts";
import type { SipHash } from "./ids.ts";
import { createIdDigits, normalizeId } from "./number-id.ts";
import type { IdDigits } from "./number-id.ts";

/** How the ids of one stream become the 64-bit numbers that they are joined by. */
export interface IdReader {
  /** The last result. */
  readonly sip: SipHash;
  readonly as: "hex" | "decimal" | undefined;
  readonly digits: IdDigits;
}

/** @param key 16 bytes */
export function createIdReader(key: Uint8Array, as: "hex" | "decimal" | undefined): IdReader {
  return { sip: createSipHash(key), as, digits: createIdDigits() };
}

/** Hashes the id that the span holds into `sip.high` and `sip.low`; false if it is none. */
export function readId(reader: IdReader, span: ByteSpan): boolean {
  if (span.start === span.stop) return false;
  if (reader.as !== undefined && !normalizeId(span, reader.as, reader.digits)) return false;
  hashId(reader.sip, span);
  return true;
}
