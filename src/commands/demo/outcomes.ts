import { MINUTE } from "../../config/quantity.ts";
import { isLate } from "./delay-model.ts";

/** Longer than the longest delay of the file (1,688 minutes) and the fixed hour. */
const RING_MINUTES = 4096;
/** Every outcome is known one hour, and as long as the flight was late, after its departure was due. */
const REPORT_MINUTES = 60;

/** The outcomes that are known to the generator and not yet to the world: a ring of minutes, each a queue in row order. */
export interface PendingOutcomes {
  /** Position of the first and last outcome of each minute; -1 for none. */
  readonly first: Int32Array;
  readonly last: Int32Array;
  /** Slots: row number, truth, and the next slot of the same minute (or the next free one). */
  rows: Float64Array;
  late: Uint8Array;
  next: Int32Array;
  free: number;
  count: number;
  /** The next minute to be drained, minutes since the epoch. */
  minute: number;
}

/** @param from The first time that an outcome may be due, ms since the epoch. */
export function emptyOutcomes(from: number): PendingOutcomes {
  return {
    first: new Int32Array(RING_MINUTES).fill(-1),
    last: new Int32Array(RING_MINUTES).fill(-1),
    rows: new Float64Array(0),
    late: new Uint8Array(0),
    next: new Int32Array(0),
    free: -1,
    count: 0,
    minute: Math.floor(from / MINUTE),
  };
}

/** Remembers what became of a flight, until it is due. */
export function addOutcome(
  pending: PendingOutcomes,
  flight: { readonly row: number; readonly time: number; readonly delay: number },
): void {
  if (pending.free < 0) addSlots(pending);
  const slot = pending.free;
  pending.free = pending.next[slot];
  pending.rows[slot] = flight.row;
  pending.late[slot] = isLate(flight.delay) ? 1 : 0;
  pending.next[slot] = -1;
  const due = Math.floor(flight.time / MINUTE) + REPORT_MINUTES + Math.max(0, flight.delay);
  const at = due % RING_MINUTES;
  const tail = pending.last[at];
  if (tail < 0) pending.first[at] = slot;
  else pending.next[tail] = slot;
  pending.last[at] = slot;
  pending.count++;
}

/** Hands out, in order of time and then of arrival, every outcome that is due before `until` (ms since the epoch). */
export function drainOutcomes(
  pending: PendingOutcomes,
  until: number,
  receive: (row: number, time: number, late: boolean) => void,
): void {
  for (; pending.minute * MINUTE < until; pending.minute++) {
    const at = pending.minute % RING_MINUTES;
    let slot = pending.first[at];
    while (slot >= 0) {
      receive(pending.rows[slot], pending.minute * MINUTE, pending.late[slot] === 1);
      const following = pending.next[slot];
      pending.next[slot] = pending.free;
      pending.free = slot;
      pending.count--;
      slot = following;
    }
    pending.first[at] = -1;
    pending.last[at] = -1;
  }
}

function addSlots(pending: PendingOutcomes): void {
  const from = pending.rows.length;
  const to = Math.max(1024, from * 2);
  const rows = new Float64Array(to);
  const late = new Uint8Array(to);
  const next = new Int32Array(to);
  rows.set(pending.rows);
  late.set(pending.late);
  next.set(pending.next);
  for (let slot = from; slot < to; slot++) next[slot] = slot + 1 < to ? slot + 1 : -1;
  pending.rows = rows;
  pending.late = late;
  pending.next = next;
  pending.free = from;
}
