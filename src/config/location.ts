import type { Document, Mark, Path } from "./document.ts";
import type { Fault, FaultCode } from "./fault.ts";

/**
 * Where the value (or its key) at `path` stands. Where the path leads to nothing, the place of the nearest part that is
 * there, so that a fault about something missing points at what it is missing from.
 */
export function locate(document: Document, path: Path, which: "key" | "value" = "value"): Mark {
  let mark: Mark = { file: document.file, line: 1, column: 1, text: "" };
  let data: unknown = document.data;
  for (const [depth, step] of path.entries()) {
    if (typeof data !== "object" || data === null) break;
    const marks = document.marks.get(data);
    const last = depth === path.length - 1;
    const found = (last && which === "key" ? marks?.keys : marks?.values)?.get(String(step));
    if (found === undefined) break;
    mark = found;
    // `data` is a map or a list that the document reader made; a step into it gives unknown.
    data = (data as Readonly<Record<string | number, unknown>>)[step];
  }
  return mark;
}

export interface FaultAt {
  readonly path: Path;
  readonly which?: "key" | "value";
  readonly code: FaultCode;
  readonly message: string;
  readonly level?: "error" | "warning";
}

export function faultAt(document: Document, fault: FaultAt): Fault {
  const { path, which, code, message, level = "error" } = fault;
  return { ...locate(document, path, which), level, code, message };
}
