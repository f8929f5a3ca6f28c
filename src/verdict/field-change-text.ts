import type { Producer } from "../event/producer.ts";
import type { FieldChange } from "./field-changes.ts";
import { listed } from "./movement.ts";
import { formatCount, formatMoment, formatShare, formatVersion } from "./quantities.ts";

/** More changes than these are counted; the alert's evidence has all of them. */
const MOST_SENTENCES = 8;
const MOST_NAMED = 3;

/**
 * "2 fields are not as expected: amount and amountUsd". A field may have changed in several ways at once; of all `count` changes some
 * may not be at hand.
 */
export function describeFields(changes: readonly FieldChange[], count: number): string {
  const fields = [...new Set(changes.map(({ field }) => field))];
  const total = fields.length + Math.max(0, count - changes.length);
  const names = total === fields.length && total > 0 ? `: ${named(fields)}` : "";
  return `${total === 1 ? "1 field is" : `${formatCount(total)} fields are`} not as expected${names}`;
}

/** One sentence for each field, with since when; who sent them is said once where that is the same for all. */
export function describeChanges(changes: readonly FieldChange[]): string {
  const told = changes.slice(0, MOST_SENTENCES);
  const left = changes.length - told.length;
  const senders = new Set(changes.map(({ producers }) => describeProducers(producers)));
  const [sender = ""] = senders;
  const isShared = changes.length > 1 && senders.size === 1 && sender !== "";
  return [
    ...told.map((change) => describeChange(change, isShared)),
    ...(left === 0 ? [] : [`And ${formatCount(left)} more.`]),
    ...(isShared ? [`${changes.length === 2 ? "Both" : "All"} from ${sender}.`] : []),
  ].join(" ");
}

/**
 * "Field distance was integer and is text (numeric) in 100% of records, first at 2001-05-03 09:00 UTC, from partition 0, such as f12."
 *
 * @param isSenderTold whether who sent it is said elsewhere
 */
function describeChange(change: FieldChange, isSenderTold: boolean): string {
  const { producers, example } = change;
  const parts = [
    `Field ${change.field} ${describeKind(change)}, first at ${formatMoment(Date.parse(change.firstSeen))}`,
    isSenderTold || producers.length === 0 ? "" : `from ${describeProducers(producers)}`,
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

/** "partitions 0 and 1, version v2, producer checkout; partition 1, version v1" */
function describeProducers(producers: readonly Producer[]): string {
  const bySender = new Map<string, number[]>();
  for (const producer of producers) {
    if (producers.some((other) => saysMore(other, producer))) continue;
    const sender = describeSender(producer);
    bySender.set(sender, [...(bySender.get(sender) ?? []), producer.partition]);
  }
  const shown = [...bySender]
    .slice(0, MOST_NAMED)
    .map(([sender, partitions]) => `${describePartitions(partitions)}${sender}`);
  return bySender.size > MOST_NAMED ? `${shown.join("; ")} and others` : shown.join("; ");
}

/** Records that do not say their version, among those of the same sender that do, are nobody else's. */
function saysMore(other: Producer, { partition, version, headers = {} }: Producer): boolean {
  return (
    version === undefined &&
    other.version !== undefined &&
    other.partition === partition &&
    describeHeaders(other.headers) === describeHeaders(headers)
  );
}

function describeSender({ version, headers }: Producer): string {
  return `${version === undefined ? "" : `, version ${formatVersion(version)}`}${describeHeaders(headers)}`;
}

function describeHeaders(headers: Producer["headers"] = {}): string {
  return Object.entries(headers)
    .map(([name, value]) => `, ${name} ${value}`)
    .join("");
}

function describePartitions(partitions: readonly number[]): string {
  if (partitions.length === 1) return `partition ${partitions.join("")}`;
  const inOrder = partitions.toSorted((a, b) => a - b).map(String);
  // Of more senders than are kept nobody knows how many there are.
  return partitions.length > MOST_NAMED
    ? `partitions ${inOrder.slice(0, MOST_NAMED).join(", ")} and others`
    : `partitions ${listed(inOrder)}`;
}

function named(values: readonly string[]): string {
  if (values.length <= MOST_NAMED + 1) return listed(values);
  return listed([...values.slice(0, MOST_NAMED), `${values.length - MOST_NAMED} more`]);
}
