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
    "fields of the records that are new, gone, of another type or format, null or absent where they never were, with new values, or that break the stream's schema, each in at least ten sampled records and 1% of them. Of JSON records the first 16 of every pane and task are looked at, and then one of 64.",
  calm: "0 while producers keep to their schema",
  source: "A plain count.",
  score(_ref, _window, context) {
    const records = context?.records;
    if (records === undefined || records.sampled === 0) return noData("no records");
    const { isKnown, sampled, foreign, changed } = records;
    if (!isKnown && changed.length === 0)
      return { ...NO_REFERENCE, reason: "the reference says nothing of fields; build it anew" };
    if (foreign === sampled && changed.length === 0) {
      const reason =
        "the reference's records had another layout; build it of the stream's own (fields of requests and responses are listed only)";
      return { ...NO_REFERENCE, reason };
    }
    const extras: Record<string, number> = {};
    for (const kind of changed) extras[kind] = (extras[kind] ?? 0) + 1;
    const value = changed.length;
    const score = { value, effect: value, n: sampled, trust: "policy", extras } as const;
    if (sampled >= LEAST_RECORDS) return { status: "ok", ...score };
    return { status: "too-few", reason: `fewer than ${LEAST_RECORDS} records were looked at`, ...score };
  },
};
