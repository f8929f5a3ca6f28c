import type { ColumnType } from "./batch.ts";
import { createSpan, spanText } from "./byte-table.ts";
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
  const numbers = values.map((value) => (isText || typeof value !== "string" ? numberOf(value) : undefined));
  const isNumeric = values.length > 0 && numbers.every((number) => number !== undefined);
  return {
    ...usableType(values, { isNumeric, isText }),
    isTime: values.length > 0 && values.every((value) => isTime(value, isText)),
    isNumeric,
    isWhole: isNumeric && numbers.every(Number.isInteger),
    isYesNo:
      values.length > 0 &&
      values.every((value) => typeof value === "string" && meansYes(value) !== undefined),
    isShare: isNumeric && numbers.every((number) => number !== undefined && number >= 0 && number <= 1),
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

function numberOf(value: unknown): number | undefined {
  if (typeof value === "number") return value;
  if (typeof value === "bigint") return Number(value);
  if (typeof value !== "string" || value.trim() === "") return undefined;
  const number = Number(value);
  return Number.isNaN(number) ? undefined : number;
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
  if (number === undefined) return false;
  const time = epochToMilliseconds(number);
  return time >= EARLIEST_TIME && time < LATEST_TIME;
}
