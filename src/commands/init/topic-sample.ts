import type { Config } from "../../config/config.ts";
import type { CommandIo } from "../io.ts";
import type { Origin } from "./config-text.ts";

/** A file that holds what is learnt from, while it is open. */
export interface OpenSample {
  readonly file: string;
  /** With the brokers that it was read from. */
  readonly origin: Origin;
  /** What is to be known of it. */
  readonly notes: readonly string[];
  close(): Promise<void>;
}

export async function openSample(
  origin: Origin,
  _existing: Config | undefined,
  _io: CommandIo,
): Promise<OpenSample> {
  if (origin.kind === "file") return { file: origin.file, origin, notes: [], close: async () => {} };
  throw new Error("topics come later");
}
