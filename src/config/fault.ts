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
  readonly code: string;
  /** The offending text, as it stands in the file; empty where there is none. */
  readonly text: string;
  /** What is wrong, and what would be right. */
  readonly message: string;
}
