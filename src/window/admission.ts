import { reasonCode } from "../event/reason.ts";
import type { DecodedRecords, EventBatch } from "../event/batch.ts";
import { paneStart, type PartitionClock } from "./partition-clock.ts";

/** What admission needs to know of one model. Times and lengths in ms. */
export interface AdmissionRule {
  readonly pane: number;
  readonly lateness: number;
  /** End of the last closed pane; -Infinity before the first close. */
  readonly closedThrough: number;
}

/** Told of every record that could not be decoded, with the event time that stands in for its own. */
export type UndecodableVisitor = (time: number) => void;

const LATE = reasonCode("late");
const INVALID = reasonCode("invalid");

/**
 * Judges rows in offset order against their partition's own watermark, and advances it. A row that is late gets the reason
 * `late`; every row that belongs to a pane (measured, or invalid with a time) gets the pane's start in `starts`, others
 * NaN. `starts[b]` must be as long as batch b.
 */
export function admitRows(options: {
  decoded: DecodedRecords;
  rules: readonly AdmissionRule[];
  clock: PartitionClock;
  starts: readonly Float64Array[];
  undecodable: UndecodableVisitor;
}): void {
  const { decoded, rules, clock, starts, undecodable } = options;
  const cursors = new Int32Array(decoded.batches.length);
  let nextUndecodable = 0;
  for (let k = 0; k < decoded.rows; k++) {
    while (
      nextUndecodable < decoded.undecodableTime.length &&
      decoded.undecodableAfter[nextUndecodable] <= k
    ) {
      admitUndecodable(decoded.undecodableTime[nextUndecodable++], clock, undecodable);
    }
    const b = decoded.sequence[k];
    const row = cursors[b];
    cursors[b] = row + 1;
    starts[b][row] = admitRow(decoded.batches[b], row, rules[b], clock);
  }
  while (nextUndecodable < decoded.undecodableTime.length) {
    admitUndecodable(decoded.undecodableTime[nextUndecodable++], clock, undecodable);
  }
}

function admitRow(batch: EventBatch, row: number, rule: AdmissionRule, clock: PartitionClock): number {
  const reason = batch.reason[row];
  const time = batch.time[row];
  const recordTime = batch.recordTime[row];
  if (recordTime > clock.recordTime) clock.recordTime = recordTime;
  if ((reason !== 0 && reason !== INVALID) || Number.isNaN(time)) return Number.NaN;
  const start = paneStart(time, rule.pane);
  const end = start + rule.pane;
  if (end + rule.lateness <= clock.watermark || end <= rule.closedThrough) {
    if (reason === 0) batch.reason[row] = LATE;
    return Number.NaN;
  }
  if (time > clock.watermark) clock.watermark = time;
  return start;
}

/** A record that says nothing still proves that time has passed: a stream of garbage must close its panes. */
function admitUndecodable(time: number, clock: PartitionClock, visit: UndecodableVisitor): void {
  if (Number.isNaN(time)) return;
  if (time > clock.watermark) clock.watermark = time;
  visit(time);
}
