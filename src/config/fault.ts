/**
 * Something wrong in a file that a person wrote. Faults are collected and reported all at once.
 * Printed as `FILE:LINE:COLUMN  error  CODE  "text": what is wrong; what would be right`.
 */
export interface Fault {
  readonly file: string;
  /** 1-based; 0 where the fault is about the file as a whole. */
  readonly line: number;
  readonly column: number;
  readonly level: "error" | "warning";
  readonly code: FaultCode;
  /** The offending text, as it stands in the file; empty where there is none. */
  readonly text: string;
  /** What is wrong, and what would be right. */
  readonly message: string;
}

/** Stable names of the kinds of faults, for people to look up and for tools to filter by. */
export const FAULT_CODES = {
  FILE_MISSING: "a file that is named does not exist or cannot be read",
  OTHER_FILE: "a file is of another kind than the one that is asked for",
  YAML_SYNTAX: "the text is not YAML",
  DUPLICATE: "a key, model, alert or version is given twice",
  UNKNOWN_KEY: "a key has no meaning at this place",
  MISSING_KEY: "a key is needed and not there",
  WRONG_TYPE: "a value is of another type",
  WRONG_VALUE: "a value is none of those allowed, or outside its range",
  ENVIRONMENT: "an environment variable is not set, or used where none may be",
  SECRET: "a secret stands in the file itself, or its file cannot be used",
  CONFLICT: "two settings exclude each other, or one needs another",
  UNKNOWN_NAME: "a stream, rule, measure or segment column that is named does not exist",
  UNKNOWN_COLUMN: "a column that is named is not in the reference",
  NO_MATCH: "a glob matches nothing",
  EXTENDS: "a rule file cannot be extended as it says",
  WINDOW: "lengths of time do not fit each other",
  PII: "personal data are declared where they cannot be hashed",
  REFERENCE: "a reference file cannot be used, or is of another model",
  SCHEMA: "a JSON Schema file cannot be read, or is none",
  STATE_SIZE: "the configuration needs more state than it may take",
  METRIC_LINES: "/metrics would drop lines",
  NO_JUDGEMENT: "a rule has nothing to judge with",
  NOISE: "a limit is reached while all is well",
  OVERLAP: "two rules would call for one cause",
  PROMISE: "the budget does not cover what a rule asks",
  OUT_OF_DATE: "a file was written by driftd from others that have changed since",
} as const satisfies Record<string, string>;

export type FaultCode = keyof typeof FAULT_CODES;

/** A fault of a whole file, or of one that is not there. */
export function faultOfFile(file: string, code: FaultCode, message: string): Fault {
  return { file, line: 0, column: 0, level: "error", code, text: "", message };
}

export function formatFault(fault: Fault): string {
  const place = fault.line > 0 ? `${fault.file}:${fault.line}:${fault.column}` : fault.file;
  const text = fault.text === "" ? "" : `${JSON.stringify(fault.text)}: `;
  return `${place}  ${fault.level}  ${fault.code}  ${text}${fault.message}`;
}

/** Sorted by place, each once: a base file that several models extend would else repeat its faults. */
export function sortFaults(faults: readonly Fault[]): Fault[] {
  const once = new Map(faults.map((fault) => [formatFault(fault), fault]));
  return [...once.values()].sort(
    (a, b) =>
      compareTexts(a.file, b.file) ||
      a.line - b.line ||
      a.column - b.column ||
      compareTexts(a.message, b.message),
  );
}

/** By code unit, so that the order does not depend on the machine's language. */
function compareTexts(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

export function hasErrors(faults: readonly Fault[]): boolean {
  return faults.some((fault) => fault.level === "error");
}
