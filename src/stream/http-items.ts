const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const NEWLINE = 0x0a;

/** Whether the content type says that every line is a value of its own. */
export function saysLines(contentType: string): boolean {
  return /^application\/(x-ndjson|ndjson|jsonl|x-jsonlines|json-lines|jsonlines|json-seq)\s*(;|$)/i.test(
    contentType,
  );
}

/**
 * Cuts a body into its items: the elements of an array, the lines of JSON lines, else the one value that it is. Told by
 * brackets and quotes alone, so that an item that is no JSON spoils no other one: whoever decodes it says what it is. Answers
 * undefined where there are more than `most`.
 */
export function splitItems(
  body: Uint8Array,
  options: { readonly isLines: boolean; readonly most: number },
): Uint8Array[] | undefined {
  const start = skipBlank(body, hasMark(body) ? 3 : 0);
  if (start === body.length) return [];
  if (options.isLines) return splitLines(body, start, options.most);
  const cuts: number[] = [];
  const end = scanValue(body, start, cuts);
  // What never closes is one broken value: to guess where its items end would make many of it.
  if (end < 0) return [body];
  if (skipBlank(body, end) < body.length) return splitLines(body, start, options.most);
  if (body[start] !== 0x5b) return [body.subarray(start, end)];
  return splitArray(body, { start, end, cuts, most: options.most });
}

function splitArray(
  body: Uint8Array,
  { start, end, cuts, most }: { start: number; end: number; cuts: readonly number[]; most: number },
): Uint8Array[] | undefined {
  if (cuts.length >= most) return undefined;
  if (cuts.length === 0 && skipBlank(body, start + 1) === end - 1) return [];
  const items: Uint8Array[] = [];
  let from = start + 1;
  for (const cut of [...cuts, end - 1]) {
    items.push(trimmed(body, from, cut));
    from = cut + 1;
  }
  return items;
}

function splitLines(body: Uint8Array, start: number, most: number): Uint8Array[] | undefined {
  const items: Uint8Array[] = [];
  for (let from = start; from < body.length;) {
    const found = body.indexOf(NEWLINE, from);
    const stop = found < 0 ? body.length : found;
    const line = trimmed(body, from, stop);
    if (line.length > 0) {
      if (items.length === most) return undefined;
      items.push(line);
    }
    from = stop + 1;
  }
  return items;
}

/** The position after the value at `start`; -1 where it never closes. `cuts` gets the commas between its own elements. */
function scanValue(bytes: Uint8Array, start: number, cuts: number[]): number {
  let depth = 0;
  for (let at = start; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte === QUOTE) {
      at = scanString(bytes, at + 1);
      if (at < 0) return -1;
      if (depth === 0) return at + 1;
    } else if (byte === 0x7b || byte === 0x5b) depth++;
    else if (byte === 0x7d || byte === 0x5d) {
      depth--;
      if (depth <= 0) return at + 1;
    } else if (depth === 1 && byte === COMMA) cuts.push(at);
    else if (depth === 0 && isBlank(byte)) return at;
  }
  return depth === 0 ? bytes.length : -1;
}

/** The position of the closing quote, or -1. */
function scanString(bytes: Uint8Array, at: number): number {
  for (; at < bytes.length; at++) {
    if (bytes[at] === BACKSLASH) at++;
    else if (bytes[at] === QUOTE) return at;
  }
  return -1;
}

function skipBlank(bytes: Uint8Array, at: number): number {
  while (at < bytes.length && isBlank(bytes[at])) at++;
  return at;
}

/** JSON's own blanks, and what begins every text of application/json-seq. Other bytes are something: it must be counted. */
function isBlank(byte: number): boolean {
  return byte === 0x20 || byte === NEWLINE || byte === 0x0d || byte === 0x09 || byte === 0x1e;
}

function trimmed(bytes: Uint8Array, from: number, to: number): Uint8Array {
  const start = Math.min(skipBlank(bytes, from), to);
  let stop = to;
  while (stop > start && isBlank(bytes[stop - 1])) stop--;
  return bytes.subarray(start, stop);
}

/** The byte order mark that some editors write. */
function hasMark(bytes: Uint8Array): boolean {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
}
