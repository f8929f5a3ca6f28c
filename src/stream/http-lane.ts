import type { SentRequest } from "./sent-request.ts";
import type { Delivery } from "./source.ts";

/** A record that was not counted whole: its place among those of the request, and the first reason. */
export interface Rejected {
  readonly index: number;
  readonly reason: string;
  /** What was wrong with it, where that is known. */
  readonly detail?: string;
}

/** What came of a submission once nothing more happens to it. */
export type Outcome =
  | { readonly status: "durable"; readonly rejected: readonly Rejected[] }
  /** Nothing was counted: the store is broken, the task is somebody else's, or the daemon stops. */
  | { readonly status: "unavailable" };

/** A request, and whoever waits for what comes of it. */
export interface Submission {
  readonly request: SentRequest;
  /** Whether the sender is told which records were not counted, and why. */
  readonly isTold: boolean;
  readonly done: (outcome: Outcome) => void;
}

/** A request of which nothing is read; it is counted, and its sender told so when that is durable. */
export interface TurnedAway {
  readonly why: "overflow" | "oversize";
  readonly done: (outcome: Outcome) => void;
}

/** What waits to be delivered, of one stream. */
export interface Lane {
  readonly stream: string;
  readonly waiting: (Submission | TurnedAway)[];
}

/** What of a lane is delivered at once. */
export interface Load {
  readonly stream: string;
  readonly members: readonly (Submission | TurnedAway)[];
  readonly delivery: Delivery;
  /** By submission, what was not counted of it. */
  readonly rejected: Map<Submission, Rejected[]>;
}

/** So many records or bytes are delivered at once, and the request that goes beyond. */
const GROUP_RECORDS = 8_192;
const GROUP_BYTES = 8_388_608;

/** Takes the next group out of the lane; undefined where nothing waits. */
export function loadLane({ stream, waiting }: Lane): Load | undefined {
  if (waiting.length === 0) return undefined;
  const members = takeGroup(waiting);
  const requests: SentRequest[] = [];
  const unread = { overflow: 0, oversize: 0 };
  let isTold = false;
  for (const member of members) {
    if ("why" in member) unread[member.why] += 1;
    else {
      requests.push(member.request);
      isTold ||= member.isTold;
    }
  }
  const rejected = new Map<Submission, Rejected[]>();
  const dropped = isTold ? noteRejected(members, rejected) : undefined;
  return { stream, members, rejected, delivery: { stream, requests, unread, ...(dropped && { dropped }) } };
}

function takeGroup(waiting: Lane["waiting"]): Lane["waiting"] {
  let records = 0;
  let bytes = 0;
  let count = 0;
  for (const member of waiting) {
    if (records >= GROUP_RECORDS || bytes >= GROUP_BYTES) break;
    count++;
    if (!("request" in member)) continue;
    records += member.request.values.length;
    for (const value of member.request.values) bytes += value.length;
  }
  return waiting.splice(0, count);
}

/** Finds whose each record was. */
function noteRejected(
  members: Load["members"],
  rejected: Load["rejected"],
): NonNullable<Delivery["dropped"]> {
  const owners = members.filter((member) => "request" in member);
  const firsts: number[] = [];
  let records = 0;
  for (const { request } of owners) {
    firsts.push(records);
    records += request.values.length;
  }
  return (record, reason, detail) => {
    const owner = lastAtMost(firsts, record);
    if (!owners[owner].isTold) return;
    const index = record - firsts[owner];
    reject(rejected, owners[owner], { index, reason, ...(detail !== undefined && { detail }) });
  };
}

/** A record of several rows is told of once. */
function reject(rejected: Map<Submission, Rejected[]>, owner: Submission, one: Rejected): void {
  const known = rejected.get(owner);
  if (known === undefined) rejected.set(owner, [one]);
  else if (!known.some(({ index }) => index === one.index)) known.push(one);
}

/** The last position whose value is at most `limit`; `ascending` begins with 0. */
function lastAtMost(ascending: readonly number[], limit: number): number {
  let low = 0;
  let high = ascending.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (ascending[middle] <= limit) low = middle;
    else high = middle - 1;
  }
  return low;
}
