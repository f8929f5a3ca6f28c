import { crc32 } from "node:zlib";
import { CodedError } from "../config/coded-error.ts";
import { WAY_OUT } from "../counts/packed.ts";

const SEAL_VERSION = 1;
/** Version byte, three of padding, CRC-32: eight, so that what follows stays aligned. */
export const SEAL_BYTES = 8;

/** Puts a version and a checksum before a stored value. */
export function seal(payload: Uint8Array): Uint8Array {
  const sealed = new Uint8Array(SEAL_BYTES + payload.length);
  sealed.set(payload, SEAL_BYTES);
  sealInPlace(sealed);
  return sealed;
}

/** The same where the first eight bytes were left free for it. */
export function sealInPlace(sealed: Uint8Array): void {
  const view = new DataView(sealed.buffer, sealed.byteOffset, SEAL_BYTES);
  view.setUint32(0, SEAL_VERSION, true);
  view.setUint32(4, crc32(sealed.subarray(SEAL_BYTES)), true);
}

/** The payload, as a view. Throws STATE_DAMAGED if it is not what was written, STATE_NEWER if a later driftd wrote it. */
export function unseal(sealed: Uint8Array, what: string): Uint8Array {
  if (sealed.length < SEAL_BYTES) throw damaged(`Too little is left of ${what}.`);
  const view = new DataView(sealed.buffer, sealed.byteOffset, SEAL_BYTES);
  const payload = sealed.subarray(SEAL_BYTES);
  if (view.getUint32(4, true) !== crc32(payload)) throw damaged(`The checksum of ${what} is wrong.`);
  if (view.getUint32(0, true) > SEAL_VERSION) throw newer(what);
  return payload;
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
