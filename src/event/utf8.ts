import { skipMultibyte } from "./json-text.ts";

/** Whether the run of bytes is valid UTF-8. */
export function isUtf8(bytes: Uint8Array, start: number, stop: number): boolean {
  let at = start;
  while (at < stop) {
    if (bytes[at] < 0x80) at++;
    else {
      at = skipMultibyte(bytes, at);
      if (at < 0) return false;
    }
  }
  // A sequence may run over the end of the run where more bytes follow.
  return at === stop;
}
