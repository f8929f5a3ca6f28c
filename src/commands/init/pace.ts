import { DAY, HOUR, MINUTE } from "../../config/quantity.ts";
import { createSpan, spanText } from "../../event/byte-table.ts";
import { epochToMilliseconds, parseTime } from "../../event/time.ts";

/** How fast the first rows follow each other; undefined figures where there is no time to tell. */
export interface Pace {
  /** Rows in an hour. */
  readonly perHour?: number;
  /** The longest time without a row, ms. */
  readonly silence?: number;
}

export function paceOf(values: readonly unknown[]): Pace {
  const times = values
    .map(toMilliseconds)
    .filter(Number.isFinite)
    .toSorted((a, b) => a - b);
  const first = times[0];
  const last = times.at(-1);
  if (first === undefined || last === undefined || last - first < MINUTE) return {};
  const silence = times.reduce((most, time, at) => Math.max(most, time - (times[at - 1] ?? time)), 0);
  return { perHour: (times.length * HOUR) / (last - first), silence };
}

/** As the decoder reads it. */
function toMilliseconds(value: unknown): number {
  if (value instanceof Date) return value.getTime();
  if (typeof value === "number" || typeof value === "bigint") return epochToMilliseconds(Number(value));
  if (typeof value !== "string") return Number.NaN;
  const span = createSpan();
  spanText(span, value);
  const time = parseTime(span);
  return Number.isNaN(time) && /^\d+(\.\d+)?$/.test(value) ? epochToMilliseconds(Number(value)) : time;
}

const WINDOWS = [
  { size: HOUR, pane: MINUTE, lateness: 2 * MINUTE, wait: 10 * MINUTE },
  { size: 6 * HOUR, pane: 5 * MINUTE, lateness: 5 * MINUTE, wait: HOUR },
  { size: DAY, pane: 15 * MINUTE, lateness: 15 * MINUTE, wait: 3 * HOUR },
  { size: 7 * DAY, pane: HOUR, lateness: HOUR, wait: DAY },
] as const;
/** A window of fewer than 100 values is not judged, and of a few hundred little is seen. */
const ENOUGH_ROWS = 300;

/** Lengths of time that go together, ms: of windows and panes, how long panes stay open, and how long a rule waits before it fires. */
export interface WindowChoice {
  readonly size: number;
  readonly pane: number;
  readonly lateness: number;
  readonly wait: number;
}

/** The shortest windows that hold enough rows. */
export function chooseWindow({ perHour }: Pace): WindowChoice {
  const [hourly] = WINDOWS;
  if (perHour === undefined) return hourly;
  return WINDOWS.find(({ size }) => (perHour * size) / HOUR >= ENOUGH_ROWS) ?? WINDOWS[3];
}

const SILENCES = [5, 10, 15, 30, 60, 120, 180, 360, 720, 1440, 2880, 10_080].map(
  (minutes) => minutes * MINUTE,
);

/** Three times the longest silence that was seen, and at least five minutes; ms. */
export function chooseSilence({ silence = 0 }: Pace): number {
  return SILENCES.find((one) => one >= 3 * silence) ?? 30 * DAY;
}
