import { MAX_DEPTH, skipColon, skipValue } from "./json-skip.ts";
import { skipSpace, skipString } from "./json-text.ts";

/** Members that a server's answers about itself or a model have, and inferences have not. */
const MEMBERS = ["platform", "versions", "extensions", "ready", "live", "models"].map((name) =>
  new TextEncoder().encode(name),
);

/** Whether a body is what a server says of itself (health, metadata): of no interest, and no damage either. */
export function isServerDocument(body: Uint8Array): boolean {
  let at = skipSpace(body, 0);
  if (body[at] !== 0x7b) return false;
  const open = new Uint8Array(MAX_DEPTH);
  at = skipSpace(body, at + 1);
  while (body[at] === 0x22) {
    const stop = skipString(body, at + 1);
    if (stop < 0) return false;
    if (MEMBERS.some((name) => equals(name, body.subarray(at + 1, stop - 1)))) return true;
    const value = skipColon(body, stop);
    at = value < 0 ? -1 : skipValue(body, value, 1, open);
    if (at < 0) return false;
    at = skipSpace(body, at);
    if (body[at] !== 0x2c) return false;
    at = skipSpace(body, at + 1);
  }
  return false;
}

function equals(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
