import { readFileSync, readdirSync } from "node:fs";
import { dirname, join, posix, relative, sep } from "node:path";

export interface ImportedModule {
  /** As written: "../config/tick.ts", "node:crypto", "pino". */
  readonly specifier: string;
  /** Of a file in src: its path from there. */
  readonly path?: string;
  readonly names: readonly string[];
}

export interface SourceFile {
  /** From src, with forward slashes: "event/batch.ts". */
  readonly path: string;
  /** "event"; a file that stands in src itself is its own room: "main.ts". */
  readonly room: string;
  readonly lines: number;
  /** Without comments. */
  readonly code: string;
  readonly imports: readonly ImportedModule[];
}

const SOURCE = new URL("../../src/", import.meta.url).pathname;

export function readSourceFiles(): SourceFile[] {
  return readdirSync(SOURCE, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
    .map((entry) => readSourceFile(join(entry.parentPath, entry.name)))
    .sort((left, right) => left.path.localeCompare(right.path));
}

function readSourceFile(file: string): SourceFile {
  const path = relative(SOURCE, file).split(sep).join("/");
  const text = readFileSync(file, "utf8");
  const code = withoutComments(text);
  const [room = path] = path.split("/");
  return { path, room, lines: text.trimEnd().split("\n").length, code, imports: findImports(path, code) };
}

/** Strings are matched first, so that a `//` inside one stays. */
export function withoutComments(text: string): string {
  const tokens = /("(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`)|\/\/[^\n]*|\/\*[\s\S]*?\*\//g;
  return text.replace(tokens, (_token, literal: string | undefined) => literal ?? " ");
}

export function findImports(path: string, code: string): ImportedModule[] {
  const statics = /^\s*(?:import|export)\s+(?<clause>[^"';]*?\bfrom\s+)?"(?<specifier>[^"]+)"/gm;
  const dynamics = /\bimport\(\s*"(?<specifier>[^"]+)"/g;
  return [...code.matchAll(statics), ...code.matchAll(dynamics)].map(({ groups = {} }) => {
    const { specifier = "", clause = "" } = groups;
    const names = clause.match(/[A-Za-z_$][\w$]*/g) ?? [];
    const module = { specifier, names: names.filter((name) => name !== "type" && name !== "from") };
    if (!specifier.startsWith(".")) return module;
    return { ...module, path: posix.normalize(posix.join(dirname(path), specifier)) };
  });
}
