import type { LineCounter, YAMLParseError } from "yaml";
import type { Fault } from "./fault.ts";

interface Source {
  readonly text: string;
  readonly file: string;
  readonly lines: LineCounter;
}

/**
 * What the YAML reader complains of, in words that say what to write instead. Once it has lost the thread it goes on
 * complaining: of what is no YAML only the first is told.
 */
export function syntaxFaults(errors: readonly YAMLParseError[], source: Source): Fault[] {
  const faults = errors.map((error) => syntaxFault(error, source));
  const first = faults.find((fault) => fault.code === "YAML_SYNTAX");
  return faults.filter((fault) => fault.code !== "YAML_SYNTAX" || fault === first);
}

function syntaxFault(error: YAMLParseError, source: Source): Fault {
  const { text, file, lines } = source;
  const { line, col } = lines.linePos(error.pos[0]);
  const written = text.split("\n", line)[line - 1] ?? "";
  const place = { file, line, column: col, level: "error" } as const;
  if (error.code === "DUPLICATE_KEY") {
    const key = /^[^\s:,}\]]+/.exec(written.slice(col - 1))?.[0] ?? "";
    return { ...place, code: "DUPLICATE", text: key, message: "this key is given twice; keep one" };
  }
  if (/call stack/i.test(error.message)) {
    const message = "is nested too deeply to be read; no file of driftd needs so many levels";
    return { ...place, code: "YAML_SYNTAX", text: "", message };
  }
  const message = `is not YAML: ${lowerFirst(error.message.replace(/[.:]?\s*$/, ""))}; ${remedy(error, written)}`;
  return { ...place, code: "YAML_SYNTAX", text: written.trim().slice(0, 60), message };
}

function remedy(error: YAMLParseError, written: string): string {
  if (/\$\{/.test(written) && /[[{]/.test(written)) return 'inside [] and {} write "${NAME}" in quotes';
  if (error.code === "TAB_AS_INDENT" || written.includes("\t")) return "indent with spaces";
  if (error.code === "MULTIPLE_DOCS") return "keep one document a file";
  if (error.code === "BAD_ALIAS")
    return "an alias *name needs an anchor &name before it; quote a text that begins with *";
  if (/(^|[\s[,])[*!&%@`]/.test(written)) return "quote a text that begins with a sign such as * or !";
  return "look at indentation, colons, brackets and quotes here and in the line above";
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
