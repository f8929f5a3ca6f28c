import { FIELD_SLOTS, FIRST_TEXT, SLOT } from "../event/field-slots.ts";

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
