import { checkPacked } from "../counts/packed.ts";
import { CodedError } from "../config/coded-error.ts";
import { older } from "./sealed.ts";
import type { Found } from "./sealed.ts";

const CRC_BYTES = 4;

/**
 * Packed counts as they are stored at `place` (sealed.ts), a copy: their checksum is mixed with that of the place, which costs
 * no second pass over them and tells a value that stands elsewhere as surely.
 */
export function placeCounts(packed: Uint8Array, place: number): Uint8Array {
  const stored = new Uint8Array(packed);
  mix(stored, place);
  return stored;
}

/**
 * Makes stored counts, in place, what was given to placeCounts. Throws STATE_DAMAGED if that was not at this place, STATE_NEWER
 * and STATE_OLDER if another driftd wrote them.
 */
export function takeCounts(stored: Uint8Array, { what, place }: Found): void {
  mix(stored, place);
  try {
    checkPacked(stored, what);
  } catch (error) {
    mix(stored, place);
    throw isPacked(stored) ? older(what) : error;
  }
}

/** Exclusive or with the last four bytes; once more undoes it. */
function mix(bytes: Uint8Array, place: number): void {
  const at = bytes.length - CRC_BYTES;
  // What is shorter is damaged, and found to be.
  if (at < 0) return;
  for (let byte = 0; byte < CRC_BYTES; byte += 1) bytes[at + byte] ^= place >>> (8 * byte);
}

/** As earlier versions stored counts: their checksum alone. */
function isPacked(bytes: Uint8Array): boolean {
  try {
    checkPacked(bytes, "");
    return true;
  } catch (error) {
    if (error instanceof CodedError) return false;
    throw error;
  }
}
