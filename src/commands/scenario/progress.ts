import { formatCount } from "../../verdict/quantities.ts";
import type { CommandIo } from "../io.ts";
import { cut, printable } from "../text.ts";

/** One line at the bottom of the terminal while scenarios are played; nothing where nobody looks. */
export interface Progress {
  /** What is played now, and how much of it has been, 0 to 1. */
  show(what: string, done: number): void;
  /** Takes the line away, so that other text can be written. */
  clear(): void;
}

/** Drawing costs nothing beside the work, and what takes less than this needs no line; ms. */
const REDRAW_INTERVAL = 200;
const CLEAR_LINE = "\r\u001B[K";
const DEFAULT_WIDTH = 80;

/** @param clock ms of any clock that never goes back */
export function openProgress(
  { isTerminal, stderr, columns = DEFAULT_WIDTH }: Pick<CommandIo, "isTerminal" | "stderr" | "columns">,
  clock: () => number,
): Progress {
  let drawn = clock();
  let isShown = false;
  return {
    show(what, done) {
      const now = clock();
      if (!isTerminal || now - drawn < REDRAW_INTERVAL) return;
      drawn = now;
      isShown = true;
      const share = `${formatCount(Math.floor(100 * Math.min(1, Math.max(0, done))))}%`;
      // One character is left free: a full line makes some terminals wrap.
      stderr.write(CLEAR_LINE + cut(`  ${share.padStart(4)}  ${printable(what)}`, columns - 1));
    },
    clear() {
      drawn = clock();
      if (isShown) stderr.write(CLEAR_LINE);
      isShown = false;
    },
  };
}
