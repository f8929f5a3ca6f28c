import type { StreamFormat } from "../config/config.ts";

export interface RowsOptions {
  readonly file: string;
  /** What to take the file for where its name does not say. */
  readonly format: StreamFormat;
  /** The stream that the batches name. */
  readonly stream: string;
  /** Line or row number to begin at. */
  readonly firstOffset: number;
  /** Rows of one batch at most; BATCH_ROWS unless given. */
  readonly batchRows?: number;
}

/** Rows of one batch at most: small enough to judge often, large enough that a batch costs little. */
export const BATCH_ROWS = 8192;
