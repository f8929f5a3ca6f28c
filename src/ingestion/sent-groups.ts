import type { RecordBatch, RecordHeaders } from "../event/records.ts";
import type { Delivery } from "../stream/source.ts";

/** Records of one stream that were sent together, under the offsets that they have for good. */
export interface SentGroup {
  readonly stream: string;
  /** Offset of the first; what was turned away unread has offsets too, before those of the records. */
  readonly first: number;
  readonly unread: Delivery["unread"];
  readonly timestamps: readonly number[];
  readonly headers: readonly (RecordHeaders | undefined)[];
  readonly values: readonly (Uint8Array | null)[];
}

/** The offset after the last one. */
export function endOf({ first, unread, values }: SentGroup): number {
  return first + unread.overflow + unread.oversize + values.length;
}

/** The offset of the first record. */
export function firstRecord({ first, unread }: SentGroup): number {
  return first + unread.overflow + unread.oversize;
}

/** Of all values. */
export function bytesOf({ values }: SentGroup): number {
  return values.reduce((sum, value) => sum + (value?.length ?? 0), 0);
}

/** Cuts them into parts of about so many records. */
export function* inParts<G extends SentGroup>(groups: readonly G[], most: number): Generator<readonly G[]> {
  let part: G[] = [];
  let records = 0;
  for (const group of groups) {
    part.push(group);
    records += group.values.length;
    if (records < most) continue;
    yield part;
    part = [];
    records = 0;
  }
  if (part.length > 0) yield part;
}

/** Their records as one batch, of a partition; they are all of one stream. */
export function batchOf(groups: readonly SentGroup[], partition: number): RecordBatch {
  const values = groups.flatMap((group) => group.values);
  const { length: count } = values;
  const offsets = new Float64Array(count);
  let record = 0;
  for (const group of groups)
    for (let k = 0; k < group.values.length; k++) offsets[record++] = firstRecord(group) + k;
  return {
    kind: "records",
    stream: groups[0].stream,
    partition,
    count,
    offsets,
    timestamps: Float64Array.from(groups.flatMap(({ timestamps }) => timestamps)),
    values,
    keys: Array.from(values, () => null),
    headers: groups.flatMap(({ headers }) => headers),
    end: endOf(groups[groups.length - 1]),
  };
}
