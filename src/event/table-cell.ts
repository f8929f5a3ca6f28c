import type { ColumnPlan } from "./batch.ts";
import { codeOfText } from "./dictionary.ts";
import type { Dictionary } from "./dictionary.ts";
import { plainNumber } from "./plain-number.ts";
import { meansYes } from "./yes-no.ts";

/** What stands in a cell that holds no value of its column: nothing, or something of the wrong type. */
export const MISSING = null;
export const FAULT = undefined;
type NoValue = typeof MISSING | typeof FAULT;

/** Decimal numbers as people and programs write them: JSON's grammar, a leading plus, a point at either end. */
const NUMBER_TEXT = /^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$/;
const NOT_FINITE: ReadonlyMap<string, number> = new Map([
  ["nan", NaN],
  ["inf", Infinity],
  ["+inf", Infinity],
  ["-inf", -Infinity],
  ["infinity", Infinity],
  ["+infinity", Infinity],
  ["-infinity", -Infinity],
]);
/** What programs write into a column of numbers where there is none. In a category column it may be a name: Namibia's. */
const NO_NUMBER: ReadonlySet<string> = new Set(["NA", "N/A", "null", "NULL", "None", "\\N"]);

/**
 * A cell as a number; a NaN is one that was sent. Times are milliseconds since the epoch.
 * @param isText every cell of the table is text (csv), and missing where it is empty or one of NO_NUMBER
 */
export function numberOfCell(value: unknown, plan: ColumnPlan, isText: boolean): number | NoValue {
  if (typeof value === "number") return plainNumber(value);
  if (value === null || value === undefined) return MISSING;
  if (typeof value === "bigint") return Number(value);
  if (value instanceof Date) return value.getTime();
  const isTruth = plan.role === "truth";
  if (typeof value === "boolean") return isTruth ? Number(value) : FAULT;
  if (typeof value !== "string" || (!isText && !isTruth)) return FAULT;
  if (isText && (value === "" || NO_NUMBER.has(value))) return MISSING;
  return (isText ? parseNumber(value) : undefined) ?? (isTruth ? truthOfText(value) : FAULT);
}

/** A text of csv as a number, which may be NaN; undefined where it is none, and null where it says that there is none. */
export function numberOfText(text: string): number | null | undefined {
  return NO_NUMBER.has(text) ? null : parseNumber(text);
}

function parseNumber(text: string): number | undefined {
  return NUMBER_TEXT.test(text) ? Number(text) : NOT_FINITE.get(text.toLowerCase());
}

function truthOfText(text: string): number | typeof FAULT {
  const isYes = meansYes(text);
  return isYes === undefined ? FAULT : Number(isYes);
}

function booleanOfText(text: string): number | undefined {
  const lower = text.toLowerCase();
  return lower === "true" ? 1 : lower === "false" ? 0 : undefined;
}

/** A cell as the code of a boolean: 0 or 1. In csv also the texts 0 and 1; a truth also as a number. */
export function booleanOfCell(value: unknown, plan: ColumnPlan, isText: boolean): number | NoValue {
  if (typeof value === "boolean") return value ? 1 : 0;
  if (value === null || value === undefined) return MISSING;
  if (isText && value === "") return MISSING;
  if (isText && typeof value === "string") {
    return value === "1" ? 1 : value === "0" ? 0 : booleanOfText(value);
  }
  const isBit = value === 0 || value === 1 || value === 0n || value === 1n;
  return plan.role === "truth" && isBit ? Number(value) : FAULT;
}

/** Texts whose codes are remembered, so that they are not encoded and hashed again. */
const TEXT_CACHE = 65_536;
const LONGEST_CACHED = 256;

/** A cell as the code of a category. Whole numbers count as their decimal text; a truth's booleans as true and false. */
export function categoryOfCell(
  value: unknown,
  plan: ColumnPlan,
  { isText, dictionary }: { readonly isText: boolean; readonly dictionary: Dictionary },
): number | NoValue {
  if (value === null || value === undefined) return MISSING;
  if (typeof value === "string") return isText && value === "" ? MISSING : cachedCode(dictionary, value);
  const isWhole = typeof value === "bigint" || (typeof value === "number" && Number.isInteger(value));
  if (isWhole || (typeof value === "boolean" && plan.role === "truth")) {
    return cachedCode(dictionary, String(value));
  }
  return FAULT;
}

/** The code of a category by its text, remembered: the same few come again and again. */
export function cachedCode(dictionary: Dictionary, text: string): number {
  const known = dictionary.texts.get(text);
  if (known !== undefined) return known;
  const code = codeOfText(dictionary, text);
  if (text.length > LONGEST_CACHED) return code;
  if (dictionary.texts.size >= TEXT_CACHE) dictionary.texts.clear();
  dictionary.texts.set(text, code);
  return code;
}
