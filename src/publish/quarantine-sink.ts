import type { QuarantineEntry } from "./quarantine-entry.ts";

/** Where entries go. `write` settles once they are durable; what it rejects is written again, whole. */
export interface QuarantineSink {
  readonly name: string;
  open(): Promise<void>;
  write(entries: readonly QuarantineEntry[]): Promise<void>;
  close(): Promise<void>;
}
