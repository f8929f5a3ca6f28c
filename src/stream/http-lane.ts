import type { StreamConfig } from "../config/config.ts";
import type { RecordBatch, RecordHeaders } from "../event/records.ts";
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

/** The records of one request, and whoever waits for them. */
export interface Submission {
  readonly values: readonly Uint8Array[];
  /** Of every record. */
  readonly headers: RecordHeaders;
  /** Receive time, ms since the epoch. */
  readonly time: number;
  /** Whether the sender is told which records were not counted, and why. */
  readonly isTold: boolean;
  readonly done: (outcome: Outcome) => void;
}

/** A request of which nothing is read; it is counted, and its sender told so when that is durable. */
export interface TurnedAway {
  readonly why: "overflow" | "oversize";
  readonly done: (outcome: Outcome) => void;
}

/** What waits for the next commit, of one stream. */
export interface Lane {
  readonly stream: StreamConfig;
  readonly waiting: (Submission | TurnedAway)[];
  readonly batch: FilledBatch;
}

interface FilledBatch extends RecordBatch {
  count: number;
  offsets: Float64Array;
  timestamps: Float64Array;
  values: Uint8Array[];
  keys: null[];
  headers: RecordHeaders[];
  end: number;
}

/** One commit's share of a lane. */
export interface Load {
  readonly lane: Lane;
  readonly members: readonly (Submission | TurnedAway)[];
  readonly delivery: Delivery;
  /** By submission, what was not counted of it. */
  readonly rejected: Map<Submission, Rejected[]>;
}

/** A commit covers so many records or bytes, and the request that goes beyond. */
const GROUP_RECORDS = 8_192;
const GROUP_BYTES = 8_388_608;

export function createLane(stream: StreamConfig): Lane {
  const batch: FilledBatch = {
    kind: "records",
    stream: stream.name,
    partition: 0,
    count: 0,
    offsets: new Float64Array(64),
    timestamps: new Float64Array(64),
    values: [],
    keys: [],
    headers: [],
    end: 0,
  };
  return { stream, waiting: [], batch };
}

/** Takes the next group out of the lane; undefined where nothing waits. The batch is the lane's, used again from group to group. */
export function loadLane(lane: Lane): Load | undefined {
  if (lane.waiting.length === 0) return undefined;
  let records = 0;
  let bytes = 0;
  let count = 0;
  for (const member of lane.waiting) {
    if (records >= GROUP_RECORDS || bytes >= GROUP_BYTES) break;
    count++;
    if (!("values" in member)) continue;
    records += member.values.length;
    for (const value of member.values) bytes += value.length;
  }
  const members = lane.waiting.splice(0, count);
  return fillLoad(lane, members, records);
}

function fillLoad(lane: Lane, members: readonly (Submission | TurnedAway)[], records: number): Load {
  const { batch } = lane;
  reserve(batch, records);
  const owners: Submission[] = [];
  const firsts: number[] = [];
  const unread = { overflow: 0, oversize: 0 };
  let isTold = false;
  batch.count = 0;
  for (const member of members) {
    if ("why" in member) {
      unread[member.why] += 1;
      continue;
    }
    owners.push(member);
    firsts.push(batch.count);
    isTold ||= member.isTold;
    for (const value of member.values) {
      batch.timestamps[batch.count] = member.time;
      batch.values[batch.count] = value;
      batch.keys[batch.count] = null;
      batch.headers[batch.count] = member.headers;
      batch.count++;
    }
  }
  const rejected = new Map<Submission, Rejected[]>();
  const dropped: Delivery["dropped"] = (record, reason, detail) => {
    const owner = lastAtMost(firsts, record);
    if (!owners[owner].isTold) return;
    const index = record - firsts[owner];
    reject(rejected, owners[owner], { index, reason, ...(detail !== undefined && { detail }) });
  };
  return { lane, members, rejected, delivery: { batch, unread, ...(isTold && { dropped }) } };
}

/** A record of several rows is told of once. */
function reject(rejected: Map<Submission, Rejected[]>, owner: Submission, one: Rejected): void {
  const known = rejected.get(owner);
  if (known === undefined) rejected.set(owner, [one]);
  else if (!known.some(({ index }) => index === one.index)) known.push(one);
}

/** Lets go of the records, which would stay in memory until as many have come again. */
export function clearLane({ batch }: Lane): void {
  batch.values.length = 0;
  batch.headers.length = 0;
  batch.keys.length = 0;
  batch.count = 0;
}

function reserve(batch: FilledBatch, records: number): void {
  if (records <= batch.offsets.length) return;
  const length = 2 ** Math.ceil(Math.log2(records));
  batch.offsets = new Float64Array(length);
  batch.timestamps = new Float64Array(length);
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
