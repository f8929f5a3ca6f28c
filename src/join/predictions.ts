import { reasonCode } from "../event/reason.ts";
import type { EventBatch } from "../event/batch.ts";
import type { FoundEntries } from "./entries.ts";
import type { PendingEntries } from "./pending-entries.ts";

/**
 * A prediction that waits for its truth: fields of its entry in the index. `answer` is the score or the number that the model
 * gave; time, version and segments say where its outcome is counted; `truth` is NaN until the label has come.
 */
export const PREDICTION = { answer: 0, decision: 1, time: 2, version: 3, truth: 4, segments: 5 } as const;

/** Fields per entry for a model with this many groupings. */
export function predictionWidth(groupings: number): number {
  return PREDICTION.segments + groupings;
}

const DUPLICATE = reasonCode("duplicate");
const CONFLICT = reasonCode("conflict");
const ORPHAN_LABEL = reasonCode("orphan-label");

/**
 * Drops rows whose id was already seen: `duplicate` where answer, decision and time agree with the first, else `conflict`;
 * the first one always wins. The others get an entry (without segments and version, which the caller fills in); `entries`
 * says which, -1 for rows without one.
 */
export function joinPredictions(options: {
  batch: EventBatch;
  found: FoundEntries;
  pending: PendingEntries;
  answer: Float64Array | undefined;
  decision: Int32Array | undefined;
  entries: Int32Array;
}): void {
  const { batch, found, pending, answer, decision, entries } = options;
  for (let row = 0; row < batch.rows; row++) {
    entries[row] = -1;
    if (batch.reason[row] !== 0) continue;
    const high = batch.idHigh[row];
    const low = batch.idLow[row];
    const answerOfRow = answer === undefined ? Number.NaN : answer[row];
    const decisionOfRow = decision === undefined ? -1 : decision[row];
    const time = batch.time[row];
    const earlier = pending.find(high, low);
    if (earlier >= 0) {
      const same =
        Object.is(pending.field(earlier, PREDICTION.answer), answerOfRow) &&
        pending.field(earlier, PREDICTION.decision) === decisionOfRow &&
        pending.field(earlier, PREDICTION.time) === time;
      batch.reason[row] = same ? DUPLICATE : CONFLICT;
      continue;
    }
    if (found.found[row] === 1) {
      const at = row * found.width;
      const same =
        Object.is(found.fields[at + PREDICTION.answer], answerOfRow) &&
        found.fields[at + PREDICTION.decision] === decisionOfRow &&
        found.fields[at + PREDICTION.time] === time;
      batch.reason[row] = same ? DUPLICATE : CONFLICT;
      continue;
    }
    const entry = pending.put(high, low);
    pending.set(entry, PREDICTION.answer, answerOfRow);
    pending.set(entry, PREDICTION.decision, decisionOfRow);
    pending.set(entry, PREDICTION.time, time);
    pending.set(entry, PREDICTION.truth, Number.NaN);
    entries[row] = entry;
  }
}

/** What a label did: counted for the first time, or in place of an earlier truth of the same prediction. */
export interface LabelVisitor {
  /** `entry` stands in pending, with its new truth set. `previous` is NaN for a first label; `row` is that of the label. */
  matched(entry: number, previous: number, row: number): void;
  /** No prediction is known: may the label wait for one, does one of its id that says the same wait already, or is there no room? */
  early(row: number, truth: number): "waiting" | "known" | "full";
  /** Whether outcomes of predictions made at `time` can still be counted. */
  isOpen(time: number): boolean;
}

const LATE = reasonCode("late");

/** Meets labels with their predictions. Rows that stay without reason and matched are measured. */
export function joinLabels(options: {
  batch: EventBatch;
  found: FoundEntries;
  pending: PendingEntries;
  truth: ArrayLike<number>;
  visitor: LabelVisitor;
}): { matched: number; waiting: number; revised: number } {
  const { batch, found, pending, truth, visitor } = options;
  let matched = 0;
  let waiting = 0;
  let revised = 0;
  for (let row = 0; row < batch.rows; row++) {
    if (batch.reason[row] !== 0) continue;
    const value = truth[row];
    const entry = recall({ batch, row, found, pending });
    if (entry < 0) {
      const outcome = visitor.early(row, value);
      if (outcome === "waiting") waiting++;
      else batch.reason[row] = outcome === "known" ? DUPLICATE : ORPHAN_LABEL;
      continue;
    }
    const previous = pending.field(entry, PREDICTION.truth);
    if (previous === value) {
      batch.reason[row] = DUPLICATE;
    } else if (!visitor.isOpen(pending.field(entry, PREDICTION.time))) {
      batch.reason[row] = LATE;
    } else {
      pending.set(entry, PREDICTION.truth, value);
      if (!Number.isNaN(previous)) revised++;
      visitor.matched(entry, previous, row);
      matched++;
    }
  }
  return { matched, waiting, revised };
}

/** The prediction's entry, brought into pending from the store if it was committed earlier; -1 if unknown. */
function recall(options: {
  batch: EventBatch;
  row: number;
  found: FoundEntries;
  pending: PendingEntries;
}): number {
  const { batch, row, found, pending } = options;
  const high = batch.idHigh[row];
  const low = batch.idLow[row];
  const waiting = pending.find(high, low);
  if (waiting >= 0 || found.found[row] !== 1) return waiting;
  const entry = pending.put(high, low);
  for (let field = 0; field < found.width; field++) {
    pending.set(entry, field, found.fields[row * found.width + field]);
  }
  return entry;
}
