import type { ExpectedFields } from "../../counts/expected-fields.ts";
import { FIELD_SLOTS } from "../../event/field-slots.ts";
import { describeSlots } from "../../verdict/field-types.ts";

/** What a reference says of the fields of its records. */
export interface FieldsDescription {
  /** Records that were looked at. */
  readonly sampled: number;
  readonly fields: readonly FieldDescription[];
}

interface FieldDescription {
  readonly name: string;
  /** JSON Pointer; `[]` stands for any element of an array. */
  readonly pointer: string;
  /** In words: `integer or text (date)`. */
  readonly type: string;
  /** Values by type, and of texts by format. */
  readonly values: Readonly<Record<string, number>>;
  /** Holders without it. */
  readonly absent: number;
  /** Its texts, where they are few; what only few records had is left out. */
  readonly texts?: readonly string[];
}

export function describeFields({ sampled, fields }: ExpectedFields): FieldsDescription {
  return {
    sampled,
    fields: fields.map(({ name, pointer, counts, absent, values }) => ({
      name,
      pointer,
      type: describeSlots(counts),
      values: Object.fromEntries(
        FIELD_SLOTS.flatMap((slot, position) => (counts[position] > 0 ? [[slot, counts[position]]] : [])),
      ),
      absent,
      ...(values === undefined ? {} : { texts: values }),
    })),
  };
}
