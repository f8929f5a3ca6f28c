import type { Producer } from "../event/producer.ts";
import type { FieldChange } from "./field-changes.ts";
import { listed } from "./movement.ts";
import { formatCount, formatMoment, formatShare, formatVersion } from "./quantities.ts";

/** More changes than these are counted; the alert's evidence has all of them. */
const MOST_SENTENCES = 8;
const MOST_NAMED = 3;

/** One sentence for each field, with who sent it and since when. */
export function describeChanges(changes: readonly FieldChange[]): string {
  const sentences = changes.slice(0, MOST_SENTENCES).map(describeChange);
  const left = changes.length - sentences.length;
  return [...sentences, ...(left === 0 ? [] : [`And ${formatCount(left)} more.`])].join(" ");
}

/** "Field distance was integer and is text (numeric) in 100% of records, first at 2001-05-03 09:00 UTC, from partition 0, such as f12." */
function describeChange(change: FieldChange): string {
  const { producers, example } = change;
  const parts = [
    `Field ${change.field} ${describeKind(change)}, first at ${formatMoment(Date.parse(change.firstSeen))}`,
    producers.length === 0 ? "" : `from ${describeProducers(producers)}`,
    example === undefined ? "" : `such as ${example}`,
  ];
  return `${parts.filter((part) => part !== "").join(", ")}.`;
}

function describeKind({ kind, from = "", to = "", share, keyword = "", values = [] }: FieldChange): string {
  const records = `${formatShare(share)} of records`;
  switch (kind) {
    case "new":
      return `is new, ${to}, in ${records}`;
    case "gone":
      return `is gone, which was ${from}`;
    case "nullability":
      return `is ${to} in ${records}, and never was before`;
    case "enum":
      return values.length === 0
        ? `has values that it never had, in ${records}`
        : `has new values, ${named(values)}, in ${records}`;
    case "declared":
      return `breaks what the stream's schema declares (${keyword}) in ${records}`;
    case "type":
    case "format":
      return `was ${from} and is ${to} in ${records}`;
  }
}

/** "partition 0, version v2, producer checkout; and partition 1" */
function describeProducers(producers: readonly Producer[]): string {
  const shown = producers
    .slice(0, MOST_NAMED)
    .map(({ partition, version, headers = {} }) =>
      [
        `partition ${partition}`,
        ...(version === undefined ? [] : [`version ${formatVersion(version)}`]),
        ...Object.entries(headers).map(([name, value]) => `${name} ${value}`),
      ].join(", "),
    );
  return producers.length > MOST_NAMED ? `${shown.join("; ")} and others` : shown.join("; ");
}

function named(values: readonly string[]): string {
  if (values.length <= MOST_NAMED + 1) return listed(values);
  return listed([...values.slice(0, MOST_NAMED), `${values.length - MOST_NAMED} more`]);
}
