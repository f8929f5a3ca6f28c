import type { Admin } from "kafkajs";
import type { Position } from "./source.ts";
import type { RecordMark } from "./record-mark.ts";

/** The offsets that a partition holds: low <= offset < high. */
export interface Bounds {
  readonly low: number;
  /** Up to where records may be read: open transactions end it early. */
  readonly high: number;
}

/** Where to seek, and what the owner must hear of it. */
export interface Start {
  /** The offset to fetch first. */
  readonly seek: number;
  /** The first offset to deliver; one above `seek` where the record before it is to be compared. */
  readonly wanted: number;
  readonly verify?: RecordMark;
  readonly event?: "gap" | "recreated";
}

/**
 * Where a partition may truly be read from. Left to itself kafkajs answers an offset out of range by silently reading from
 * the beginning, so nothing is sought that is not within the bounds.
 */
export function startWithin(wanted: number, last: RecordMark | undefined, bounds: Bounds): Start {
  if (wanted > bounds.high) return { seek: bounds.low, wanted: bounds.low, event: "recreated" };
  if (wanted < bounds.low) return { seek: bounds.low, wanted: bounds.low, event: "gap" };
  if (last === undefined || wanted - 1 < bounds.low) return { seek: wanted, wanted };
  return { seek: wanted - 1, wanted, verify: last };
}

/** Bounds by partition. Offsets leave the text form here: compared as text, "9" is above "10". */
export async function fetchBounds(admin: Admin, topic: string): Promise<Map<number, Bounds>> {
  const offsets = await admin.fetchTopicOffsets(topic);
  return new Map(
    offsets.map(({ partition, low, high }) => [partition, { low: Number(low), high: Number(high) }]),
  );
}

export interface BeginningOptions {
  readonly admin: Admin;
  readonly group: string;
  readonly topic: string;
  readonly partition: number;
  readonly beginning: Exclude<Position["offset"], number>;
  readonly bounds: Bounds;
}

/** Turns a beginning into an offset: `time` is the first record with that timestamp or a later one, else the end. */
export async function resolveBeginning(options: BeginningOptions): Promise<number> {
  const { admin, topic, partition, beginning, bounds } = options;
  if (beginning === "earliest") return bounds.low;
  if (beginning === "latest") return bounds.high;
  if (beginning === "committed") {
    const [committed] = await admin.fetchOffsets({ groupId: options.group, topics: [topic] });
    const offset = Number(committed?.partitions.find((entry) => entry.partition === partition)?.offset ?? -1);
    // kafkajs itself may have committed -1 or -2 (its words for the ends) after an offset out of range.
    return offset >= 0 ? offset : bounds.high;
  }
  const offsets = await admin.fetchTopicOffsetsByTimestamp(topic, beginning.time);
  return Number(offsets.find((entry) => entry.partition === partition)?.offset ?? bounds.high);
}
