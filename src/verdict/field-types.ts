import type { ExpectedField } from "../counts/expected-fields.ts";
import { FIELD_SLOTS, FIRST_TEXT, nameTensorType, SLOT, type TensorType } from "../event/field-slots.ts";

/** `integer`, `number or text (date)`; null is told apart. */
export function describeSlots(counts: ArrayLike<number>): string {
  const words = FIELD_SLOTS.flatMap((slot, position) => {
    if (counts[position] === 0 || position === SLOT.null) return [];
    if (position === SLOT.integer && counts[SLOT.number] > 0) return [];
    if (position < FIRST_TEXT) return [slot];
    return [slot === "text" ? "text" : `text (${slot})`];
  });
  return words.length === 0 ? "null" : words.join(" or ");
}

/** `FP32[4] or FP64[4]` */
export function describeTensors(types: readonly TensorType[]): string {
  return types.map(nameTensorType).sort().join(" or ");
}

/** What a field was in the records that say what is expected. */
export function describeExpected({ tensors, counts }: ExpectedField): string {
  return tensors === undefined ? describeSlots(counts) : describeTensors(tensors);
}
