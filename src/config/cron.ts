/** One of the five parts of a cron expression. */
interface CronField {
  readonly name: string;
  readonly least: number;
  readonly most: number;
  /** Names in place of numbers, from `least` on. */
  readonly words: readonly string[];
}

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const WEEKDAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

const FIELDS: readonly CronField[] = [
  { name: "minute", least: 0, most: 59, words: [] },
  { name: "hour", least: 0, most: 23, words: [] },
  { name: "day of month", least: 1, most: 31, words: [] },
  { name: "month", least: 1, most: 12, words: MONTHS },
  { name: "day of week", least: 0, most: 7, words: WEEKDAYS },
];

const LAYOUT = "minute, hour, day of month, month, day of week, as in 0 7 * * 1";

/** The most days that each month has. */
const MONTH_DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** What people write in place of five fields. */
const NICKNAMES: Readonly<Record<string, string>> = {
  "@hourly": "0 * * * *",
  "@daily": "0 0 * * *",
  "@midnight": "0 0 * * *",
  "@weekly": "0 0 * * 0",
  "@monthly": "0 0 1 * *",
};

/**
 * What is wrong with a cron expression of five fields, and what would be right, as the end of a sentence about it; undefined
 * where it names times that come. Numbers, names of months and weekdays, `*`, ranges, lists and steps: what all crons read alike.
 */
export function cronFault(text: string): string | undefined {
  const nickname = NICKNAMES[text.trim().toLowerCase()];
  if (nickname !== undefined) return `is not known here; write ${nickname}`;
  const parts = text.trim().split(/\s+/);
  if (parts.length !== FIELDS.length) {
    const found = parts.length === 1 ? "1 field" : `${parts.length} fields`;
    return `has ${found}, and a schedule has five; write ${LAYOUT}`;
  }
  const read = FIELDS.map((field, position) => readField(field, parts[position]));
  const fault = read.find((values) => typeof values === "string");
  if (typeof fault === "string") return fault;
  const [, , days, months] = read.flatMap((values) => (typeof values === "string" ? [] : [[...values]]));
  if (parts[2] !== "*" && parts[4] !== "*")
    return "names days of the month and of the week, which crons read differently; write * for one of the two";
  const longest = Math.max(...months.map((month) => MONTH_DAYS[month - 1]));
  if (Math.min(...days) > longest)
    return `names a day that no such month has; write a day of at most ${longest}`;
  return undefined;
}

/** Whether a schedule without fault comes no more than once a day. */
export function isOnceADay(text: string): boolean {
  return text
    .trim()
    .split(/\s+/)
    .slice(0, 2)
    .every((part) => /^\d+$/.test(part));
}

/** The numbers that a field names, or what is wrong with it. */
function readField(field: CronField, text: string): ReadonlySet<number> | string {
  const values = new Set<number>();
  for (const part of text.split(",")) {
    const [range = "", step, ...rest] = part.split("/");
    const bounds =
      range === "*" ? [field.least, field.most] : range.split("-").map((end) => numberOf(field, end));
    const [first = Number.NaN, last = first] = bounds;
    if (rest.length > 0 || bounds.length > 2 || Number.isNaN(first) || Number.isNaN(last))
      return `has ${JSON.stringify(part)} for the ${field.name}; write ${wordsOf(field)}, * for every one, or a range, a list or steps of them`;
    if (first > last)
      return `has the ${field.name} ${range} that ends before it begins; write two ranges with a comma`;
    if (step !== undefined && (!/^[1-9]\d*$/.test(step) || bounds.length < 2))
      return `has the steps ${part} for the ${field.name}; write them as */15 or 0-30/10`;
    for (let value = first; value <= last; value += Number(step ?? 1)) values.add(value);
  }
  return values;
}

/** NaN where it is none of the field's. */
function numberOf({ least, most, words }: CronField, text: string): number {
  const word = words.indexOf(text.toLowerCase());
  const value = word >= 0 ? word + least : /^\d+$/.test(text) ? Number(text) : Number.NaN;
  return value >= least && value <= most ? value : Number.NaN;
}

function wordsOf({ least, most, words }: CronField): string {
  const names = words.length === 0 ? "" : ` or ${words[0]} to ${words.at(-1)}`;
  return `${least} to ${most}${names}`;
}
