import type { PartitionClock, TimeLimits } from "./clock.ts";
import type { DecoderState } from "./decoder-state.ts";
import type { TableBatch } from "./records.ts";

export function decodeRows(
  state: DecoderState,
  table: TableBatch,
  clock: PartitionClock,
  limits: TimeLimits,
): void {
  void [state, table, clock, limits];
}
