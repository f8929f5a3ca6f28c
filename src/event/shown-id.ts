import type { ByteSpan } from "./byte-table.ts";
import { decodeText } from "./dictionary.ts";

/** Ids up to so many characters are told whole, so that an answer can name them. */
const LONGEST_ID = 1_024;
/** UTF-8 needs no more for one. */
const BYTES_OF_CHARACTER = 4;

/** The text of the id that the span holds. @param rank of the whole id */
export function readShownId({ bytes, start, stop }: ByteSpan, rank: string): string {
  const longest = LONGEST_ID * BYTES_OF_CHARACTER;
  return cutId(decodeText(bytes.subarray(start, Math.min(stop, start + longest + 1))), rank, LONGEST_ID);
}

/**
 * The id as it may be shown in so many characters: a longer one by its beginning and the hash of all of it, since those that begin
 * alike are others.
 */
export function cutId(id: string, rank: string, most: number): string {
  if (id.length <= most) return id;
  const end = isFirstOfTwo(id.charCodeAt(most - 1)) ? most - 1 : most;
  return `${id.slice(0, end)}…${rank}`;
}

/** Whether the character goes on in the next code unit. */
function isFirstOfTwo(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}
