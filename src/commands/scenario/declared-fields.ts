import type { ExpectedField, ExpectedFields } from "../../counts/expected-fields.ts";
import type { ColumnPlan } from "../../event/batch.ts";
import { FIELD_SLOTS, SLOT } from "../../event/field-slots.ts";

/** As many records as a declared reference says that it has looked at. */
const SAMPLED = 10_000;

/**
 * The fields of records that hold the declared columns under their own names. @param nullsOf the share of a column's values that are
 * null
 */
export function declareFields(
  columns: readonly ColumnPlan[],
  nullsOf: (column: string) => number,
): ExpectedFields {
  const fields = columns.map(({ name, type, categories }): ExpectedField => {
    const nulls = Math.round(SAMPLED * nullsOf(name));
    const counts = FIELD_SLOTS.map(() => 0);
    counts[SLOT.null] = nulls;
    counts[{ number: SLOT.number, category: SLOT.text, boolean: SLOT.boolean }[type]] = SAMPLED - nulls;
    const values = type === "category" ? { values: [...categories].sort() } : {};
    return { name, pointer: `/${name}`, counts, absent: 0, ...values };
  });
  return { layout: "declared", sampled: SAMPLED, fields };
}
