import type { FaultAt } from "../../config/location.ts";
import { formatDuration } from "../../config/quantity.ts";
import type { Reference } from "../../reference/reference.ts";
import { limitOfColumn } from "../../rules/defaults-section.ts";
import { judgedColumns } from "../../rules/judged-columns.ts";
import type { Model, Rule } from "../../rules/model.ts";
import { pathOfAlert } from "../../rules/rule-file.ts";
import { MEASURES } from "../../statistics/measures.ts";
import type { LoadedModel } from "../load-rules.ts";

/**
 * What the usual limits of measures stand for, by measure. These are distances of the same shares that all go by the square of a
 * small change, or by the change itself: their limits are worth the same where their quotients with these are (docs/MEASURES.md).
 */
const SAME_DISTANCE: ReadonlyMap<string, { readonly limit: number; readonly power: 1 | 2 }> = new Map([
  ["psi", { limit: 0.02, power: 1 }],
  ["kl", { limit: 0.01, power: 1 }],
  ["js", { limit: 0.0035, power: 1 }],
  ["chi2", { limit: 0.14, power: 2 }],
  ["g", { limit: 0.14, power: 2 }],
  ["hellinger", { limit: 0.05, power: 2 }],
]);

/** Two alerts that would call for one cause: where the first fires, the second does. */
interface Overlap {
  readonly first: Rule;
  readonly second: Rule;
  /** That both judge; empty for whole events and labels. */
  readonly columns: readonly string[];
  /** The first needs more than the second. */
  readonly isStricter: boolean;
}

/**
 * Warns of rules that fire for the same series by the same measure, or one that says the same, where the limit of one implies the
 * other's: one cause should call once. A stricter rule of another severity or action is no such pair: it says more.
 */
export function checkOverlaps({ model, document }: LoadedModel, reference: Reference): FaultAt[] {
  return findOverlaps(model, reference).map(({ first, second, columns, isStricter }): FaultAt => {
    const place = (rule: Rule): FaultAt["path"] => pathOfAlert(document, rule.alert);
    const [one, other] = [place(first), place(second)];
    // The later of the two is the one that somebody added.
    const path = Number(one[1] ?? -1) > Number(other[1] ?? -1) ? one : other;
    const message = `where ${first.alert} fires, ${second.alert} fires too (${describe(first, second, columns)}); ${remedy(first, { columns, isStricter })}`;
    return { path: [...path, "alert"], code: "OVERLAP", level: "warning", message };
  });
}

function remedy({ alert }: Rule, { columns, isStricter }: Pick<Overlap, "columns" | "isStricter">): string {
  const [column] = columns;
  return [
    "keep one",
    ...(column === undefined ? [] : [`write "!${column}" into the columns of one`]),
    ...(isStricter ? [`give ${alert} another severity`] : []),
  ].join(", or ");
}

const MOST_NAMED = 3;

function describe(first: Rule, second: Rule, columns: readonly string[]): string {
  const more = columns.length > MOST_NAMED ? ` and ${columns.length - MOST_NAMED} more columns` : "";
  const measures =
    first.measure === second.measure ? first.measure : `${first.measure} says what ${second.measure} says`;
  const by = first.by.length === 0 ? "" : ` by ${first.by.join(" and ")}`;
  const windows = columns.length === 0 ? "" : ` in windows of ${formatDuration(first.window.size)}`;
  const named = columns.length === 0 ? "" : ` of ${columns.slice(0, MOST_NAMED).join(", ")}${more}`;
  return `${measures}${named}${by}${windows}`;
}

function findOverlaps(model: Model, reference: Reference): Overlap[] {
  const judged = model.rules.map((rule) => ({
    rule,
    columns: judgedColumns(rule, { model, columns: reference.columns, measures: MEASURES }),
  }));
  return judged.flatMap((one, position) =>
    judged.slice(position + 1).flatMap((other): Overlap[] => {
      if (!asksTheSame(one.rule, other.rule)) return [];
      const both = new Set(other.columns);
      const columns = one.columns.filter((column) => both.has(column));
      if (columns.length === 0 && one.columns.length + other.columns.length > 0) return [];
      const implied = implying(one.rule, other.rule, { columns, reference });
      if (implied === undefined || isEscalation(implied)) return [];
      return [{ ...implied, columns }];
    }),
  );
}

/** Of the same series, against the same, over the same windows. The parts of one comparison have one alert. */
function asksTheSame(one: Rule, other: Rule): boolean {
  const isSame =
    one.measure === other.measure || (SAME_DISTANCE.has(one.measure) && SAME_DISTANCE.has(other.measure));
  const isPlain = one.limit.kind !== "atLeast";
  return (
    isSame &&
    one.alert !== other.alert &&
    one.limit.kind === other.limit.kind &&
    // The values of two distances grow with the window in ways of their own; their effects do not.
    !(isPlain && one.measure !== other.measure) &&
    one.by.toSorted().join() === other.by.toSorted().join() &&
    JSON.stringify(one.against ?? null) === JSON.stringify(other.against ?? null) &&
    one.window.size === other.window.size &&
    one.window.every === other.window.every
  );
}

interface Pair {
  readonly columns: readonly string[];
  readonly reference: Reference;
}

/** Which rule fires only where the other does; undefined where either may fire alone. */
function implying(one: Rule, other: Rule, pair: Pair): Omit<Overlap, "columns"> | undefined {
  const differences = strictness(one, other, pair);
  const isStricter = differences.some((difference) => difference !== 0);
  if (differences.every((difference) => difference >= 0)) return { first: one, second: other, isStricter };
  if (differences.some((difference) => difference > 0)) return undefined;
  return { first: other, second: one, isStricter };
}

function isEscalation({ first, second, isStricter }: Omit<Overlap, "columns">): boolean {
  return isStricter && (first.severity !== second.severity || first.action !== second.action);
}

/** How much stricter the first is: by its limit for each column, and by how long it waits. */
function strictness(one: Rule, other: Rule, { columns, reference }: Pair): number[] {
  const sign = one.limit.kind === "below" ? -1 : 1;
  const limits = (columns.length === 0 ? [""] : columns).map(
    (column) => sign * (comparableLimit(one, reference, column) - comparableLimit(other, reference, column)),
  );
  return [...limits, one.for - other.for];
}

function comparableLimit(rule: Rule, reference: Reference, column: string): number {
  const limit = limitOfColumn(rule, reference, column);
  const known = SAME_DISTANCE.get(rule.measure);
  return known === undefined ? limit : (limit / known.limit) ** known.power;
}
