import { reasonCode } from "../event/reason.ts";
import type { DecodedRecords, EventBatch } from "../event/batch.ts";
import { paneStart, type PartitionClock } from "./partition-clock.ts";

/** What admission needs to know of one model. Times and lengths in ms. */
interface AdmissionRule {
  readonly pane: number;
  readonly lateness: number;
  /** End of the last closed pane; -Infinity before the first close. */
  readonly closedThrough: number;
}

/**
 * Told of every record that could not be decoded and is not late, for each batch's model: the start of the pane that counts
 * it, and the row of the batch that stands before it, -1 where none does.
 */
type UndecodableVisitor = (batch: number, start: number, rowBefore: number) => void;

const LATE = reasonCode("late");
const FUTURE = reasonCode("future");
const INVALID = reasonCode("invalid");
/** Of a call: the row that says so came in time, or did not. */
const FAILED = reasonCode("failed");

/**
 * Judges rows in offset order against their partition's own watermark, and advances it. A row that is late gets the reason
 * `late`; every row that belongs to a pane (measured, or invalid with a time) gets the pane's start in `starts`, others
 * NaN. `starts[b]` must be as long as batch b.
 */
export function admitRows(options: Admission): void {
  const { decoded, rules, clock, starts } = options;
  const cursors = new Int32Array(decoded.batches.length);
  let nextUndecodable = 0;
  for (let k = 0; k < decoded.rows; k++) {
    while (
      nextUndecodable < decoded.undecodableTime.length &&
      decoded.undecodableAfter[nextUndecodable] <= k
    ) {
      admitUndecodable(options, decoded.undecodableTime[nextUndecodable++], cursors);
    }
    const b = decoded.sequence[k];
    const row = cursors[b];
    cursors[b] = row + 1;
    starts[b][row] = admitRow(decoded.batches[b], row, rules[b], clock);
  }
  while (nextUndecodable < decoded.undecodableTime.length) {
    admitUndecodable(options, decoded.undecodableTime[nextUndecodable++], cursors);
  }
}

interface Admission {
  readonly decoded: DecodedRecords;
  readonly rules: readonly AdmissionRule[];
  readonly clock: PartitionClock;
  readonly starts: readonly Float64Array[];
  readonly undecodable: UndecodableVisitor;
}

function admitRow(batch: EventBatch, row: number, rule: AdmissionRule, clock: PartitionClock): number {
  const reason = batch.reason[row];
  const time = batch.time[row];
  const recordTime = batch.recordTime[row];
  // A timestamp that nobody believes must not hold this partition back, nor end the wait of labels.
  if (reason !== FUTURE && recordTime > clock.recordTime) clock.recordTime = recordTime;
  if ((reason !== 0 && reason !== INVALID && reason !== FAILED) || Number.isNaN(time)) return Number.NaN;
  const start = paneStart(time, rule.pane);
  if (isLate(start, rule, clock)) {
    if (reason !== INVALID) batch.reason[row] = LATE;
    return Number.NaN;
  }
  if (time > clock.watermark) clock.watermark = time;
  return start;
}

/** A record that says nothing still proves that time has passed: a stream of garbage must close its panes. */
function admitUndecodable({ rules, clock, undecodable }: Admission, time: number, cursors: Int32Array): void {
  if (!Number.isFinite(time)) return;
  for (let b = 0; b < rules.length; b++) {
    const start = paneStart(time, rules[b].pane);
    if (!isLate(start, rules[b], clock)) undecodable(b, start, cursors[b] - 1);
  }
  if (time > clock.watermark) clock.watermark = time;
}

/**
 * By the partition's own watermark, so that the same log always gives the same panes. That the model has closed the pane
 * decides only where a partition was declared idle: its watermark fell behind the others'.
 */
function isLate(
  start: number,
  { pane, lateness, closedThrough }: AdmissionRule,
  clock: PartitionClock,
): boolean {
  const end = start + pane;
  return end + lateness <= clock.watermark || end <= closedThrough;
}
