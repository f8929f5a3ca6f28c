import { CodedError } from "../config/coded-error.ts";
import type { ColumnPlan } from "../event/batch.ts";
import type { Reference, ReferenceColumn } from "./reference.ts";

/**
 * Why counts on the bins of one reference say nothing on those of the other: what is wrong with `own`, beginning with its name.
 * Undefined where both have the same columns, bins and categories.
 */
export function findGridDifference(known: Reference, own: Reference): string | undefined {
  const columns = new Map(own.columns.map((column) => [column.name, column]));
  for (const column of known.columns) {
    const other = columns.get(column.name);
    const difference = other === undefined ? "is not counted" : differenceOf(column, other);
    if (difference !== undefined) return `${column.name} ${difference}`;
  }
  const further = own.columns.find(({ name }) => known.columns.every((column) => column.name !== name));
  if (further !== undefined) return `${further.name} is counted, too`;
  const residuals = [known, own].map(({ outcome }) => outcome?.residuals?.edges);
  const [first, second] = residuals;
  return first === undefined || second === undefined || isSame(first, second)
    ? undefined
    : "the errors of its answers are counted on other bins";
}

function differenceOf(known: ReferenceColumn, own: ReferenceColumn): string | undefined {
  if (known.type !== own.type) return `is a ${own.type}, and not a ${known.type}`;
  if (known.pii !== own.pii) return own.pii ? "is hashed" : "is not hashed";
  if (!isSame(known.grid?.edges ?? [], own.grid?.edges ?? [])) return "is counted on other bins";
  return isSame(known.categories, own.categories) ? undefined : "is counted by other categories";
}

function isSame<Value>(first: ArrayLike<Value>, second: ArrayLike<Value>): boolean {
  return (
    first.length === second.length && Array.from(first).every((value, position) => value === second[position])
  );
}

/**
 * The columns of a source that are counted on another reference's bins: those that it has, and what is not counted but held
 * against them, such as the truth.
 * @throws CodedError REFERENCE_INVALID where the source lacks a column, or has it as another type
 */
export function columnsOnGrid(
  grid: Pick<Reference, "columns">,
  columns: readonly ColumnPlan[],
): readonly ColumnPlan[] {
  for (const { name, type, pii } of grid.columns) {
    const own = columns.find((column) => column.name === name);
    if (own === undefined)
      throw refusal(
        `the source has no column ${name}. Bring rows of the same columns, or build one of its own bins`,
      );
    if (own.type !== type)
      throw refusal(
        `${name} is a ${type} there, and a ${own.type} in the source. Bring rows of the same types`,
      );
    if (own.pii !== pii)
      throw refusal(
        `${name} is ${pii ? "" : "not "}hashed there. Say the same of it in the rule file (pii: ${pii})`,
      );
  }
  const counted = new Map(grid.columns.map((column) => [column.name, column]));
  return columns
    .filter(({ name, role }) => counted.has(name) || role === "truth" || role === "probability")
    .map((column) => {
      const known = counted.get(column.name);
      return known === undefined ? column : { ...column, role: known.role };
    });
}

function refusal(what: string): CodedError {
  return new CodedError(
    "REFERENCE_INVALID",
    `Cannot be counted on the bins of the other reference: ${what}.`,
  );
}
