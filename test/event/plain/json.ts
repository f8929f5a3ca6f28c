/** JSON read slowly: arrays and objects as they stand, members in order and repeated ones too, numbers as their text. */
export type PlainJson =
  | { readonly type: "number" | "string" | "word"; readonly text: string }
  | { readonly type: "array"; readonly items: readonly PlainJson[] }
  | { readonly type: "object"; readonly members: readonly (readonly [string, PlainJson])[] };

const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const WORD = /null|true|false|NaN|-?Infinity/y;
const STRING = /"(?:[^"\\]|\\.)*"/y;
const SPACE = /[ \t\r\n]*/y;

/** The value at the beginning of the bytes, and where it ends; undefined if there is none. NaN and Infinity are words. */
export function parsePlain(bytes: Uint8Array): { value: PlainJson; end: number } | undefined {
  // Every byte is one character, so that positions stay.
  const text = Buffer.from(bytes).toString("latin1");
  const state = { text, at: 0 };
  take(state, SPACE);
  const value = parseValue(state);
  return value === undefined ? undefined : { value, end: state.at };
}

interface State {
  readonly text: string;
  at: number;
}

function take(state: State, pattern: RegExp): string | undefined {
  pattern.lastIndex = state.at;
  const found = pattern.exec(state.text)?.[0];
  state.at += found?.length ?? 0;
  return found;
}

function takeCharacter(state: State, character: string): boolean {
  if (state.text[state.at] !== character) return false;
  state.at++;
  return true;
}

function parseValue(state: State): PlainJson | undefined {
  if (takeCharacter(state, "[")) return parseArray(state);
  if (takeCharacter(state, "{")) return parseObject(state);
  if (state.text[state.at] === '"') {
    const text = parseString(state);
    return text === undefined ? undefined : { type: "string", text };
  }
  const word = take(state, WORD);
  if (word !== undefined) return { type: "word", text: word };
  const number = take(state, NUMBER);
  return number === undefined ? undefined : { type: "number", text: number };
}

function parseString(state: State): string | undefined {
  const raw = take(state, STRING);
  if (raw === undefined) return undefined;
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  try {
    const text: unknown = JSON.parse(decoder.decode(Buffer.from(raw, "latin1")));
    // UTF-8 has no lone surrogates: they become U+FFFD.
    return typeof text === "string" ? Buffer.from(text).toString() : undefined;
  } catch {
    return undefined;
  }
}

function parseArray(state: State): PlainJson | undefined {
  const items: PlainJson[] = [];
  take(state, SPACE);
  if (takeCharacter(state, "]")) return { type: "array", items };
  for (;;) {
    take(state, SPACE);
    const value = parseValue(state);
    if (value === undefined) return undefined;
    items.push(value);
    take(state, SPACE);
    if (takeCharacter(state, "]")) return { type: "array", items };
    if (!takeCharacter(state, ",")) return undefined;
  }
}

function parseObject(state: State): PlainJson | undefined {
  const members: [string, PlainJson][] = [];
  take(state, SPACE);
  if (takeCharacter(state, "}")) return { type: "object", members };
  for (;;) {
    take(state, SPACE);
    const key = parseString(state);
    take(state, SPACE);
    if (key === undefined || !takeCharacter(state, ":")) return undefined;
    take(state, SPACE);
    const value = parseValue(state);
    if (value === undefined) return undefined;
    members.push([key, value]);
    take(state, SPACE);
    if (takeCharacter(state, "}")) return { type: "object", members };
    if (!takeCharacter(state, ",")) return undefined;
  }
}

/** Whether a value is JSON by RFC 8259, without NaN and Infinity. */
export function isStrict(value: PlainJson): boolean {
  if (value.type === "array") return value.items.every(isStrict);
  if (value.type === "object") return value.members.every(([, member]) => isStrict(member));
  return value.type !== "word" || !/NaN|Infinity/.test(value.text);
}
