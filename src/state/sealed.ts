import { crc32 } from "node:zlib";
import { CodedError } from "../config/coded-error.ts";
import { WAY_OUT } from "../counts/packed.ts";

const SEAL_VERSION = 2;
/** CRC-32 of the key and of all that follows, version: eight bytes, so that what follows stays aligned. */
export const SEAL_BYTES = 8;
const CRC_BYTES = 4;

/**
 * CRC-32 of the key that a value stands under: the value's own checksum goes on from there, so that under any other key it is
 * damage, and not the value of something else. A hash has a key and a field.
 */
export function placeOf(key: string | Uint8Array, field?: string): number {
  return field === undefined ? crc32(key) : crc32(field, crc32(key));
}

/** Puts a version and a checksum before a value that is stored at `place`. */
export function seal(payload: Uint8Array, place: number): Uint8Array {
  const sealed = new Uint8Array(SEAL_BYTES + payload.length);
  sealed.set(payload, SEAL_BYTES);
  sealInPlace(sealed, place);
  return sealed;
}

/** The same where the first eight bytes were left free for it. */
export function sealInPlace(sealed: Uint8Array, place: number): void {
  const view = new DataView(sealed.buffer, sealed.byteOffset, SEAL_BYTES);
  view.setUint32(CRC_BYTES, SEAL_VERSION, true);
  view.setUint32(0, crc32(sealed.subarray(CRC_BYTES), place), true);
}

/** What is read, for people, and the place that it was read from. */
export interface Found {
  readonly what: string;
  readonly place: number;
}

/**
 * The payload, as a view. Throws STATE_DAMAGED if it is not what was written there, STATE_NEWER and STATE_OLDER if another
 * driftd wrote it.
 */
export function unseal(sealed: Uint8Array, { what, place }: Found): Uint8Array {
  if (sealed.length < SEAL_BYTES) throw damaged(`Too little is left of ${what}.`);
  const view = new DataView(sealed.buffer, sealed.byteOffset, SEAL_BYTES);
  if (view.getUint32(0, true) !== crc32(sealed.subarray(CRC_BYTES), place)) {
    throw isFirstSeal(sealed) ? older(what) : damaged(`The checksum of ${what} is wrong.`);
  }
  if (view.getUint32(CRC_BYTES, true) > SEAL_VERSION) throw newer(what);
  return sealed.subarray(SEAL_BYTES);
}

/** Of version 1, which stood before its checksum, and that covered the payload alone. */
function isFirstSeal(sealed: Uint8Array): boolean {
  const view = new DataView(sealed.buffer, sealed.byteOffset, SEAL_BYTES);
  return view.getUint32(0, true) === 1 && view.getUint32(4, true) === crc32(sealed.subarray(SEAL_BYTES));
}

export function writeJson(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}

export function readJson(bytes: Uint8Array): unknown {
  return JSON.parse(new TextDecoder().decode(bytes));
}

const FOUND = "The state store is damaged. ";

export function damaged(what: string, cause?: unknown): CodedError {
  return new CodedError("STATE_DAMAGED", `${FOUND}${what}${WAY_OUT}`, { cause });
}

/** What is damaged, of an error of STATE_DAMAGED, without what to do about it. */
export function damageOf({ message }: Error): string {
  const found = message.startsWith(FOUND) ? message.slice(FOUND.length) : message;
  return found.endsWith(WAY_OUT) ? found.slice(0, -WAY_OUT.length) : found;
}

export function newer(what: string): CodedError {
  return new CodedError(
    "STATE_NEWER",
    `The state store was written by a later driftd (${what}). Run that version, or point state.path elsewhere.`,
  );
}

export function older(what: string): CodedError {
  return new CodedError(
    "STATE_OLDER",
    `The state store was written by an earlier driftd (${what}), and this one cannot go on with it. Run that version, or move the ` +
      "state directory away and start again: with `from: earliest` all that Kafka still keeps is counted anew.",
  );
}
