import type { EventBatch } from "../event/batch.ts";
import { reasonCode } from "../event/reason.ts";
import { mixRowHigh, mixRowLow } from "../event/row-id.ts";
import type { FoundEntries, IdList } from "./entries.ts";
import { keyHigh, keyLow, type HalfKeys } from "./half-keys.ts";
import type { JoinPlan, Side } from "./half-plans.ts";
import { FAILED_CALL, kindOf, MEETING, OPEN, rowsOf } from "./meeting.ts";
import { NOTHING_FOUND } from "./pending-entries.ts";

/** What the store knows of a batch of halves, by the positions in its keys. */
export interface HalfAnswers {
  readonly keys: HalfKeys;
  readonly meetings: FoundEntries;
  /** Cells of the other side's halves that wait. */
  readonly cells: { readonly keys: WaitingKeys; readonly found: FoundEntries };
  readonly rest?: { readonly keys: RestKeys; readonly meetings: FoundEntries };
}

/** Those of a batch's keys under which a half of the other side waits; by position of the key, where it stands among them. */
export interface WaitingKeys extends IdList {
  readonly at: ReadonlyMap<number, number>;
}

/** Keys of the further rows of requests whose calls failed; by position of the first row's key, where they begin. */
export interface RestKeys extends IdList {
  readonly from: ReadonlyMap<number, number>;
}

/** Of a batch without rows, for which nobody was asked. */
export const NO_ANSWERS: HalfAnswers = {
  keys: { high: new Uint32Array(0), low: new Uint32Array(0), count: 0, near: new Int32Array(0) },
  meetings: NOTHING_FOUND,
  cells: {
    keys: { high: new Uint32Array(0), low: new Uint32Array(0), count: 0, at: new Map() },
    found: NOTHING_FOUND,
  },
};

const FAILED = reasonCode("failed");

/** The keys whose cells are worth to be asked for. */
export function waitingKeysOf(side: Side, keys: HalfKeys, meetings: FoundEntries): WaitingKeys {
  const state = (side === "input" ? MEETING.output : MEETING.input) + MEETING.state;
  const at = new Map<number, number>();
  for (let position = 0; position < keys.count; position++) {
    if (meetings.found[position] !== 1) continue;
    const kind = kindOf(meetings.fields[position * meetings.width + state]);
    if (kind === OPEN || kind === FAILED_CALL) at.set(position, at.size);
  }
  const positions = [...at.keys()];
  return {
    high: Uint32Array.from(positions, (position) => keys.high[position]),
    low: Uint32Array.from(positions, (position) => keys.low[position]),
    count: at.size,
    at,
  };
}

/**
 * Further rows of the requests that a batch's failed calls belong to: a failed call names the first one only, and how many
 * there are its meeting knows. Rows that came since the last commit are at hand anyway.
 */
export function restKeysOf(
  batch: EventBatch,
  { keys, meetings }: Pick<HalfAnswers, "keys" | "meetings">,
  plan: JoinPlan,
): RestKeys | undefined {
  const high: number[] = [];
  const low: number[] = [];
  const from = new Map<number, number>();
  for (let row = 0; row < batch.rows; row++) {
    if (batch.reason[row] !== FAILED) continue;
    for (const position of [row, keys.near[row]]) {
      if (position < 0 || meetings.found[position] === 0) continue;
      const at = position * meetings.width + MEETING.input;
      const rows = rowsOf(meetings.fields[at + MEETING.state]);
      if (rows < 2) continue;
      const age = Math.floor(meetings.fields[at + MEETING.time] / plan.age);
      from.set(position, high.length);
      for (let k = 1; k < rows; k++) {
        high.push(keyHigh(mixRowHigh(batch.idHigh[row], k), age));
        low.push(keyLow(mixRowLow(batch.idLow[row], k), age));
      }
    }
  }
  if (from.size === 0) return undefined;
  return { high: Uint32Array.from(high), low: Uint32Array.from(low), count: high.length, from };
}
