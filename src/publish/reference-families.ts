import { gauge, type MetricFamily } from "./metric-family.ts";

/** What models are held against, and what would stand in its place. */
export const REFERENCE_FAMILIES: readonly MetricFamily[] = [
  gauge(
    "driftd_reference_learning",
    "Share of the time for which a model learns its reference that is over; absent once it has one.",
    ["model"],
    function* ({ learning }) {
      for (const [model, { share }] of Object.entries(learning)) yield { labels: { model }, value: share };
    },
  ),
  gauge(
    "driftd_reference_learning_rows",
    "Rows that came so far in the time for which a model learns its reference.",
    ["model"],
    function* ({ learning }) {
      for (const [model, { rows }] of Object.entries(learning)) yield { labels: { model }, value: rows };
    },
  ),
  gauge(
    "driftd_reference_candidate_timestamp_seconds",
    "When a candidate for a model's reference was made that nobody has committed yet; absent where there is none.",
    ["model"],
    function* ({ candidates }) {
      for (const [model, time] of Object.entries(candidates)) yield { labels: { model }, value: time / 1000 };
    },
  ),
  gauge(
    "driftd_lineage_info",
    "What a model's numbers rest on: the first digits of the hashes of its reference, rules and schema.",
    ["model", "reference", "rules", "schema"],
    function* (view) {
      for (const [model, { reference, rules, schema }] of Object.entries(view.lineage)) {
        yield {
          labels: {
            model,
            reference: shortHash(reference),
            rules: shortHash(rules),
            schema: shortHash(schema),
          },
          value: 1,
        };
      }
    },
  ),
];

function shortHash(hash: string): string {
  return hash.slice(0, 12);
}
