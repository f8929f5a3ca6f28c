/** The last text of a place where texts repeat, so that no string is made for the next one that is the same. */
export interface LastText {
  bytes: Uint8Array;
  text: string;
}

export function createLastText(): LastText {
  return { bytes: new Uint8Array(0), text: "" };
}

/** The run of valid UTF-8 as a string. */
export function takeText(last: LastText, bytes: Uint8Array, start: number, stop: number): string {
  if (stop - start === last.bytes.length && equalsRun(last.bytes, bytes, start)) return last.text;
  last.bytes = bytes.slice(start, stop);
  last.text = runText(bytes, start, stop);
  return last.text;
}

/** The run of UTF-8 as a string. */
export function runText(bytes: Uint8Array, start: number, stop: number): string {
  // A view of its own is quicker than that which subarray makes of a Buffer.
  return UTF8.decode(new Uint8Array(bytes.buffer, bytes.byteOffset + start, stop - start));
}

function equalsRun(run: Uint8Array, bytes: Uint8Array, start: number): boolean {
  for (let i = 0; i < run.length; i++) if (bytes[start + i] !== run[i]) return false;
  return true;
}

const UTF8 = new TextDecoder("utf-8", { ignoreBOM: true });
