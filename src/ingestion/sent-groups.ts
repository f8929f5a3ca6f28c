import { countBytes, countRecords } from "../stream/sent-request.ts";
import type { SentRequest } from "../stream/sent-request.ts";
import type { Delivery } from "../stream/source.ts";

/** Requests to one stream that were delivered together; their records have these offsets for good. */
export interface SentGroup {
  readonly stream: string;
  /** Offset of the first; what was turned away unread has offsets too, before those of the records. */
  readonly first: number;
  readonly unread: Delivery["unread"];
  readonly requests: readonly SentRequest[];
  /** Of all requests. */
  readonly records: number;
  readonly bytes: number;
}

export function groupOf(sent: Pick<SentGroup, "stream" | "first" | "unread" | "requests">): SentGroup {
  return { ...sent, records: countRecords(sent.requests), bytes: countBytes(sent.requests) };
}

/** The offset after the last one. */
export function endOf(group: SentGroup): number {
  return firstRecord(group) + group.records;
}

/** The offset of the first record. */
export function firstRecord({ first, unread }: SentGroup): number {
  return first + unread.overflow + unread.oversize;
}

/** Cuts them into parts of about so many records. */
export function* inParts<G extends SentGroup>(groups: readonly G[], most: number): Generator<readonly G[]> {
  let part: G[] = [];
  let records = 0;
  for (const group of groups) {
    part.push(group);
    records += group.records;
    if (records < most) continue;
    yield part;
    part = [];
    records = 0;
  }
  if (part.length > 0) yield part;
}
