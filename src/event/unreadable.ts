import { MAX_DEPTH } from "./json-skip.ts";

/** What is wrong with a record that cannot be decoded: a closed list, in words that hold none of its values. */
export const UNREADABLE = {
  empty: "there is nothing in it",
  gzip: "it is packed with gzip, and cannot be unpacked here",
  framed: "it begins with a zero byte, as what a schema registry's serializer writes: send plain JSON",
  utf8: "it is not UTF-8",
  nan: "it has a bare NaN or Infinity, which JSON has not: send null",
  json: "it is no valid JSON",
  object: "it is JSON, but no object",
  depth: `it is nested deeper than ${MAX_DEPTH} levels`,
  row: "the line has not as many fields as there are columns",
  envelope: "it is a CloudEvent without data",
  body: "it is JSON, but neither a request nor a response: no instances, predictions, inputs or outputs",
  shape: "the data of a tensor do not fit its shape",
  datatype: "a tensor has no datatype that is known",
  tensor: "a tensor, or a list of instances, cannot be read",
  binary: "it is neither JSON nor a request or response in protobuf that can be read",
} as const;

export type Unreadable = keyof typeof UNREADABLE;

/** Why bytes are no JSON object; `depth` where they are one. */
export function explainJson(value: Uint8Array): Unreadable {
  if (value[0] === 0) return "framed";
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(value);
  } catch {
    return "utf8";
  }
  const parsed = parse(text);
  if (parsed === undefined) return parse(withoutNaN(text)) === undefined ? "json" : "nan";
  return isObject(parsed) ? "depth" : "object";
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What JSON has in place of what Python and JavaScript write for missing numbers, outside of texts. */
export function withoutNaN(text: string): string {
  return text.replaceAll(/"(?:[^"\\]|\\.)*"|-?\b(?:NaN|Infinity)\b/g, (token) =>
    token.startsWith('"') ? token : "null",
  );
}

/** Undefined where it is no JSON, which has no such value. */
export function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
