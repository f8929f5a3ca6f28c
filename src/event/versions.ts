import { addCode, createByteTable, findCode, hashSpan } from "./byte-table.ts";
import type { ByteSpan, ByteTable } from "./byte-table.ts";
import { decodeText } from "./dictionary.ts";

/** Distinct versions that a model's decoder tells apart; all further ones are `other`. */
const MOST_VERSIONS = 64;
/** A longer version is `other` at once. Bytes. */
const LONGEST_VERSION = 256;

export interface Versions {
  /** Position 0 is "": an event that names no version. */
  readonly names: string[];
  readonly codes: ByteTable;
}

export function createVersions(): Versions {
  return { names: [""], codes: createByteTable() };
}

/** The position in `names` of the version that the span holds. */
export function versionCode(versions: Versions, span: ByteSpan): number {
  if (span.start === span.stop) return 0;
  hashSpan(span);
  const known = findCode(versions.codes, span);
  if (known >= 0) return known;
  const isFull = versions.names.length > MOST_VERSIONS;
  if (isFull || span.stop - span.start > LONGEST_VERSION) return otherCode(versions);
  const bytes = span.bytes.subarray(span.start, span.stop);
  const code = versions.names.push(decodeText(bytes)) - 1;
  addCode(versions.codes, bytes, code);
  return code;
}

function otherCode(versions: Versions): number {
  const code = versions.names.indexOf("other");
  return code >= 0 ? code : versions.names.push("other") - 1;
}
