import { noData, NO_REFERENCE } from "../measure.ts";
import type { Measure } from "../measure.ts";

/** Of fewer nobody can say what is so now. */
const LEAST_RECORDS = 16;

export const schemaDrift: Measure = {
  name: "schema-drift",
  title: "Fields that changed",
  from: ["arrivals"],
  byFields: true,
  signal: "policy",
  unit: "none",
  defaultAbove: 0,
  shownByDefault: true,
  formula:
    "fields of the records that are new, gone, of another type or format, null or absent where they never were, with new values, or that break the stream's schema, each in at least ten sampled records and 1% of them. Requests, responses, labels, and events of another kind than the reference's are held against the first ones of their kind. The first 16 records of every pane, stream and partition are looked at, and then one of 64.",
  calm: "0 while producers keep to their schema",
  source: "A plain count.",
  score(_ref, _window, context) {
    const records = context?.records;
    if (records === undefined || records.sampled === 0) return noData("no records");
    const { sampled, learnt, isWaiting, changed } = records;
    if (learnt === sampled && changed.length === 0) {
      const reason =
        "the reference says nothing of such records, and the first ones are still being looked at";
      return { ...NO_REFERENCE, reason };
    }
    const extras: Record<string, number> = {};
    for (const kind of changed) extras[kind] = (extras[kind] ?? 0) + 1;
    const value = changed.length;
    const score = { value, effect: value, n: sampled, trust: "policy", extras } as const;
    if (sampled >= LEAST_RECORDS && !(isWaiting && changed.length === 0)) return { status: "ok", ...score };
    return {
      status: "too-few",
      reason: `fewer than ${LEAST_RECORDS} records of a kind were looked at`,
      ...score,
    };
  },
};
