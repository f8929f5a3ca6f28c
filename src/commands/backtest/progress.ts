import { formatCount } from "../../verdict/quantities.ts";
import type { CommandIo } from "../io.ts";
import { formatTime } from "./names.ts";

/** One line that stays at the bottom of the terminal; nothing where nobody looks. */
export interface Progress {
  /** `reached` is event time, ms. */
  show(rows: number, reached: number): void;
  clear(): void;
}

/** Drawing costs nothing beside the work, ms. */
const REDRAW_INTERVAL = 100;
const CLEAR_LINE = "\r\u001B[K";

export function openProgress({ isTerminal, stderr }: Pick<CommandIo, "isTerminal" | "stderr">): Progress {
  const began = performance.now();
  let drawn = Number.NEGATIVE_INFINITY;
  return {
    show(rows, reached) {
      const now = performance.now();
      if (!isTerminal || now - drawn < REDRAW_INTERVAL) return;
      drawn = now;
      const rate = formatCount((rows * 1000) / Math.max(1, now - began));
      const where = reached > 0 ? `  ${formatTime(reached)}` : "";
      stderr.write(`${CLEAR_LINE}${formatCount(rows)} rows${where}  ${rate}/s`);
    },
    clear() {
      if (isTerminal && drawn > 0) stderr.write(CLEAR_LINE);
    },
  };
}
