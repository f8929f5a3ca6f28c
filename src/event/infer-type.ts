import type { ColumnType } from "./batch.ts";
import { createSpan, spanText } from "./byte-table.ts";
import { numberOfText } from "./table-cell.ts";
import { EARLIEST_TIME, epochToMilliseconds, parseTime } from "./time.ts";
import { meansYes } from "./yes-no.ts";

/** What the values of one column look like. */
export interface InferredType {
  /** Undefined where it is of no use as a column. */
  readonly type: ColumnType | undefined;
  /** A lower-case phrase. */
  readonly because: string;
  /** All could be event times. */
  readonly isTime: boolean;
  /** All are numbers; in csv, texts that are. */
  readonly isNumeric: boolean;
  /** All are whole numbers. */
  readonly isWhole: boolean;
  /** All are 0 or 1. */
  readonly isBit: boolean;
  /** All are texts that mean yes or no. */
  readonly isYesNo: boolean;
  /** All are numbers from 0 to 1. */
  readonly isShare: boolean;
}

const LATEST_TIME = Date.UTC(2100, 0, 1);
/** A text column with more distinct values than this, and more than half of them distinct, is an id or free text. */
const MOST_DISTINCT = 1_000;

/** `values` without the missing ones. @param isText every cell is text (csv): elsewhere the decoder takes no text for a number */
export function typeOf(values: readonly unknown[], isText: boolean): InferredType {
  const found = values.map((value) => (isText || typeof value !== "string" ? numberOf(value) : undefined));
  // Texts that say there is no number do not make a column of numbers another one.
  const numbers = found.filter((number) => number !== null);
  const isNumeric = numbers.length > 0 && numbers.every((number) => number !== undefined);
  const finite = isNumeric ? numbers.filter((number) => !Number.isNaN(number)) : [];
  return {
    ...usableType(values, { isNumeric, isText }),
    isTime: values.length > 0 && values.every((value) => isTime(value, isText)),
    isNumeric,
    isWhole: finite.length > 0 && finite.every(Number.isInteger),
    isBit: finite.length > 0 && finite.every((number) => number === 0 || number === 1),
    isYesNo:
      values.length > 0 &&
      values.every((value) => typeof value === "string" && meansYes(value) !== undefined),
    isShare:
      finite.length > 0 && finite.every((number) => number !== undefined && number >= 0 && number <= 1),
  };
}

function usableType(
  values: readonly unknown[],
  { isNumeric, isText }: { readonly isNumeric: boolean; readonly isText: boolean },
): Pick<InferredType, "type" | "because"> {
  if (values.length === 0) return { type: undefined, because: "it has no values" };
  if (values.every((value) => isBoolean(value, isText))) {
    return { type: "boolean", because: "all values are true or false" };
  }
  if (isNumeric) return { type: "number", because: "all values are numbers" };
  if (values.every((value) => value instanceof Date)) return { type: undefined, because: "it holds times" };
  if (!values.every((value) => typeof value === "string")) {
    return { type: undefined, because: "its values are of several types, or lists" };
  }
  const distinct = new Set(values).size;
  if (distinct > MOST_DISTINCT && distinct > values.length / 2) {
    return { type: undefined, because: "most values are distinct: an id, or free text" };
  }
  return { type: "category", because: `${distinct} distinct texts` };
}

function isBoolean(value: unknown, isText: boolean): boolean {
  return typeof value === "boolean" || (isText && (value === "true" || value === "false"));
}

/** As the decoder reads it; null where a text says that there is none. */
function numberOf(value: unknown): number | null | undefined {
  if (typeof value === "number") return value;
  if (typeof value === "bigint") return Number(value);
  return typeof value === "string" ? numberOfText(value) : undefined;
}

/** Nothing but what the decoder takes for a time: a guess that it refuses would leave no row. */
function isTime(value: unknown, isText: boolean): boolean {
  if (value instanceof Date) return true;
  if (typeof value === "string") {
    const span = createSpan();
    spanText(span, value);
    if (!Number.isNaN(parseTime(span))) return true;
    if (!isText) return false;
  }
  const number = numberOf(value);
  if (number === undefined || number === null) return false;
  const time = epochToMilliseconds(number);
  return time >= EARLIEST_TIME && time < LATEST_TIME;
}
