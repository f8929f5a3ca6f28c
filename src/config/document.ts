import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument } from "yaml";
import type { Alias, Document as YamlDocument, Node, Scalar, YAMLMap, YAMLSeq } from "yaml";
import type { Fault, FaultCode } from "./fault.ts";
import { substitute } from "./substitution.ts";
import type { Environment } from "./substitution.ts";
import { syntaxFaults } from "./syntax-fault.ts";

/** Where something stands in a file, and how it is written there. */
export interface Mark {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly text: string;
}

/** The marks of one map or list: of itself, its keys, and its values by key or position. */
export interface Marks {
  readonly self: Mark;
  readonly keys: Map<string, Mark>;
  readonly values: Map<string, Mark>;
}

/** A YAML file as plain data, which remembers where each part of it stands. */
export interface Document {
  readonly file: string;
  readonly data: unknown;
  /** By map or list in `data`. Kept beside the data, so that schemas and spreads see plain objects. */
  readonly marks: WeakMap<object, Marks>;
  readonly faults: readonly Fault[];
}

/** Whether data of a document are a map of keys. */
export function isMapData(data: unknown): data is Readonly<Record<string, unknown>> {
  return typeof data === "object" && data !== null && !Array.isArray(data);
}

export type Path = readonly (string | number)[];

interface Reader {
  readonly file: string;
  readonly lines: LineCounter;
  readonly document: YamlDocument;
  readonly environment: Environment | undefined;
  readonly marks: WeakMap<object, Marks>;
  readonly faults: Fault[];
  /** Nodes that are being read: an alias of one of them would never end. */
  readonly open: Set<unknown>;
  nodes: number;
}

/** Aliases of aliases can make gigabytes of a few lines; no honest file has this many values. */
const MOST_NODES = 100_000;

/**
 * Reads YAML text. Without `environment`, `${...}` is a fault. Data are undefined where the text is not YAML. Documents
 * that are to be merged share their `marks`.
 */
export function readDocument(source: {
  text: string;
  file: string;
  environment?: Environment;
  marks?: WeakMap<object, Marks>;
}): Document {
  const { text, file, environment } = source;
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: "silent" });
  const marks = source.marks ?? new WeakMap<object, Marks>();
  const faults = syntaxFaults(document.errors, { text, file, lines });
  if (isUnreadable(faults)) return { file, data: undefined, marks, faults };
  const reader: Reader = { file, lines, document, environment, marks, faults, open: new Set(), nodes: 0 };
  const data = readNode(reader, document.contents);
  return { file, data: isUnreadable(faults) ? undefined : data, marks, faults };
}

function isUnreadable(faults: readonly Fault[]): boolean {
  return faults.some((fault) => fault.code === "YAML_SYNTAX");
}

function readNode(reader: Reader, node: unknown): unknown {
  reader.nodes += 1;
  if (reader.nodes > MOST_NODES) {
    const message = `is beyond the first ${MOST_NODES} values of the file, aliases counted; write less, or use fewer aliases`;
    if (reader.nodes === MOST_NODES + 1) addFault(reader, node, { code: "YAML_SYNTAX", message });
    return null;
  }
  if (isAlias(node)) return readAlias(reader, node);
  const tag = ownTag(node);
  if (tag !== undefined) {
    const fault = { ...markOf(reader, node), text: tag };
    const message = "is a YAML tag here, which means nothing; quote a text that begins with !";
    reader.faults.push({ level: "error", ...fault, code: "YAML_SYNTAX", message });
    return null;
  }
  if (isMap(node)) return readMap(reader, node);
  if (isSeq(node)) return readList(reader, node);
  return isScalar(node) ? readScalar(reader, node) : null;
}

/** A tag that is none of YAML's own. */
function ownTag(node: unknown): string | undefined {
  const tag = isScalar(node) || isMap(node) || isSeq(node) ? node.tag : undefined;
  return tag === undefined || tag.startsWith("tag:yaml.org,") ? undefined : tag;
}

function readAlias(reader: Reader, node: Alias): unknown {
  const target = node.resolve(reader.document);
  if (target !== undefined && !reader.open.has(target)) return readNode(reader, target);
  const message =
    target === undefined
      ? `has no anchor &${node.source} before it; quote a text that begins with *`
      : "refers to itself; an alias stands outside its anchor";
  addFault(reader, node, { code: "YAML_SYNTAX", message });
  return null;
}

function readMap(reader: Reader, node: YAMLMap): unknown {
  const data: Record<string, unknown> = {};
  const marks: Marks = { self: markOf(reader, node), keys: new Map(), values: new Map() };
  reader.marks.set(data, marks);
  reader.open.add(node);
  for (const { key, value } of node.items) {
    const name = isScalar(key) ? String(key.value) : "";
    const keyMark = markOf(reader, key);
    if (name === "<<") {
      const message = "merges maps in YAML 1.1 only; write the keys out, or put them into a file to extend";
      addFault(reader, key, { code: "YAML_SYNTAX", message });
      continue;
    }
    if (!isScalar(key) || name === "__proto__") {
      addFault(reader, key, { code: "YAML_SYNTAX", message: "is no key; write a plain word" });
      continue;
    }
    marks.keys.set(name, keyMark);
    marks.values.set(name, valueMark(reader, value, keyMark));
    data[name] = readNode(reader, value);
  }
  reader.open.delete(node);
  return data;
}

function readList(reader: Reader, node: YAMLSeq): unknown {
  const marks: Marks = { self: markOf(reader, node), keys: new Map(), values: new Map() };
  reader.open.add(node);
  const data = node.items.map((item, position) => {
    marks.values.set(String(position), valueMark(reader, item, marks.self));
    return readNode(reader, item);
  });
  reader.open.delete(node);
  reader.marks.set(data, marks);
  return data;
}

function readScalar(reader: Reader, node: Scalar): unknown {
  if (typeof node.value !== "string" || !node.value.includes("${")) return node.value;
  const { value, problem } = substitute(node.value, reader.environment, node.type === "PLAIN");
  if (problem !== undefined) addFault(reader, node, { code: "ENVIRONMENT", message: problem });
  return value;
}

/** The text of a map or list is that of its key: its own would be pages long. */
function valueMark(reader: Reader, value: unknown, keyMark: Mark): Mark {
  const mark = markOf(reader, value);
  if (mark.line === 0) return keyMark;
  return isMap(value) || isSeq(value) ? { ...mark, text: keyMark.text } : mark;
}

function markOf(reader: Reader, node: unknown): Mark {
  const { file, lines } = reader;
  const range = isNode(node) ? node.range : undefined;
  if (range === undefined || range === null) return { file, line: 0, column: 0, text: "" };
  const { line, col } = lines.linePos(range[0]);
  return { file, line, column: col, text: textOf(node) };
}

function isNode(node: unknown): node is Node {
  return isScalar(node) || isMap(node) || isSeq(node) || isAlias(node);
}

const LONGEST_TEXT = 60;

function textOf(node: unknown): string {
  if (isAlias(node)) return `*${node.source}`;
  if (!isScalar(node)) return "";
  const text = withoutPassword(node.source ?? String(node.value));
  return text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT)}...` : text;
}

/** Stands in a mark for the password of an address, for marks are shown; not for a variable, which tells nothing. */
export const HIDDEN = "***";

function withoutPassword(text: string): string {
  return text.replace(/^([a-z]+:\/\/[^:@/\s]*:)(?!\$\{)[^\s]*@/i, `$1${HIDDEN}@`);
}

function addFault(reader: Reader, node: unknown, what: { code: FaultCode; message: string }): void {
  reader.faults.push({ level: "error", ...markOf(reader, node), ...what });
}
