import type { Output } from "../io.ts";
import { formatCount } from "../../verdict/quantities.ts";
import { cut } from "../text.ts";
import { formatTime } from "./times.ts";
import type { TextStyle } from "../text.ts";

/** How far a run has come. */
export interface Progress {
  /** 0 to 1. */
  readonly done: number;
  /** Ms since the epoch. */
  readonly eventTime: number;
  readonly events: number;
  readonly eventsPerSecond: number;
  /** Alerts that fired so far. */
  readonly alerts: number;
}

/** At most ten times a second, so that drawing costs nothing beside the work. */
const REDRAW_INTERVAL = 100;
const CLEAR_LINE = "\r\u001B[K";

/** One line that stays at the bottom of the terminal. */
export interface ProgressLine {
  /** Draws unless it drew a moment ago; `now` in ms of any clock that never goes back. */
  show(progress: Progress, now: number): void;
  /** Says what is being done before there is any progress to show. */
  announce(text: string): void;
  /** Takes the line away, so that other text can be written; the next `show` draws it again. */
  clear(): void;
}

/** @param output Not given where nobody looks: then nothing is ever written. */
export function openProgressLine(output: Output | undefined, style: TextStyle): ProgressLine {
  let shown = false;
  let last = -Infinity;
  return {
    show(progress, now) {
      if (output === undefined || now - last < REDRAW_INTERVAL) return;
      last = now;
      shown = true;
      output.write(CLEAR_LINE + renderProgress(progress, style.width));
    },
    announce(text) {
      if (output === undefined) return;
      shown = true;
      output.write(CLEAR_LINE + cut(text, style.width - 1));
    },
    clear() {
      if (output === undefined || !shown) return;
      shown = false;
      last = -Infinity;
      output.write(CLEAR_LINE);
    },
  };
}

/** `[#####-----]  52%  20 Apr 15:00  1,296,000 events  61,204/s  3 alerts`, the bar as long as the width leaves room. */
export function renderProgress(progress: Progress, width: number): string {
  const done = Math.min(1, Math.max(0, progress.done));
  const alerts = progress.alerts === 1 ? "1 alert" : `${formatCount(progress.alerts)} alerts`;
  const facts = [
    `${String(Math.floor(done * 100)).padStart(3)}%`,
    formatTime(progress.eventTime),
    `${formatCount(progress.events)} events`,
    `${formatCount(progress.eventsPerSecond)}/s`,
    alerts,
  ].join("  ");
  // One character is left free: a full line makes some terminals wrap.
  const room = Math.min(40, width - facts.length - 5);
  if (room < 5) return cut(facts.trimStart(), width - 1);
  const filled = Math.round(done * room);
  return `[${"#".repeat(filled)}${"-".repeat(room - filled)}]  ${facts}`;
}
