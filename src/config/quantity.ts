/** Lengths of time, ms. */
export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

const MILLISECONDS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: MINUTE, h: HOUR, d: DAY };

const BYTES: Readonly<Record<string, number>> = { B: 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 };

/** `1h`, `30s`, `500ms`, `7d` as milliseconds, rounded to one; undefined if the text is none. */
export function parseDuration(text: string): number | undefined {
  return parseQuantity(text, MILLISECONDS);
}

/** A duration of a file that has been checked, or what holds where it says none; ms. */
export function milliseconds(text: string | undefined, otherwise: number): number {
  return text === undefined ? otherwise : (parseDuration(text) ?? otherwise);
}

/** What people write in place of a unit, in the first letters that tell them apart. */
const UNIT_WORDS: readonly (readonly [RegExp, string])[] = [
  [/^ms|^milli/i, "ms"],
  [/^s/i, "s"],
  [/^mo/i, ""],
  [/^m/i, "m"],
  [/^h/i, "h"],
  [/^d/i, "d"],
  [/^w/i, "w"],
];

/** The duration that was probably meant: `1 hour` is `1h`, `1h30m` is `90m`, `2w` is `14d`. Undefined where none is. */
export function guessDuration(text: string): string | undefined {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)\s*([A-Za-z]+)/g)];
  if (
    parts.length === 0 ||
    parts.map(([part]) => part).join("") !== text.replaceAll(/[\s,]+(?=\d)/g, "").trim()
  )
    return undefined;
  let sum = 0;
  for (const [, count, word] of parts) {
    const unit = UNIT_WORDS.find(([letters]) => letters.test(word))?.[1] ?? "";
    const size = unit === "w" ? 7 * DAY : MILLISECONDS[unit];
    if (size === undefined) return undefined;
    sum += Math.round(Number(count) * size);
  }
  return formatDuration(sum);
}

/** `512MiB`, or a plain number, as bytes; undefined if the text is none. */
export function parseSize(text: string | number): number | undefined {
  return typeof text === "number" ? text : parseQuantity(text, BYTES);
}

/** Milliseconds in the greatest unit that says them exactly: 5400000 is `90m`. */
export function formatDuration(milliseconds: number): string {
  for (const [unit, size] of Object.entries(MILLISECONDS).toReversed()) {
    if (milliseconds >= size && milliseconds % size === 0) return `${milliseconds / size}${unit}`;
  }
  return milliseconds === 0 ? "0s" : `${milliseconds}ms`;
}

/** Bytes for people: three digits and a unit. */
export function formatSize(bytes: number): string {
  for (const [unit, size] of Object.entries(BYTES).toReversed()) {
    if (bytes >= size) return `${Number((bytes / size).toPrecision(3))} ${unit}`;
  }
  return "0 B";
}

function parseQuantity(text: string, units: Readonly<Record<string, number>>): number | undefined {
  const match = /^(\d+(?:\.\d+)?)([A-Za-z]+)$/.exec(text);
  const unit = units[match?.[2] ?? ""];
  if (match === null || unit === undefined) return undefined;
  return Math.round(Number(match[1]) * unit);
}
