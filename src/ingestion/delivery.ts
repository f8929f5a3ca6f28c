import type { DecodedRecords } from "../event/batch.ts";
import { ENVELOPE_FAULTS, envelopeFaults } from "../event/envelope-fault.ts";
import { DROP_REASONS, reasonCode } from "../event/reason.ts";
import { REFUSALS } from "../event/refusal.ts";
import { UNREADABLE } from "../event/unreadable.ts";
import type { Delivery } from "../stream/source.ts";
import type { OwnedTask } from "./task-ownership.ts";

const INVALID = reasonCode("invalid");
/** Of one delivery so many broken records are looked at again. */
const MOST_EXPLAINED = 100;

/** Books what was not read, and has the quarantine told how many they were. */
export function turnAway(
  { task }: OwnedTask,
  {
    stream,
    unread,
    now: recordTime,
  }: { readonly stream: string; readonly unread: Delivery["unread"]; readonly now: number },
): void {
  task.turnAway(stream, unread);
  for (const reason of ["overflow", "oversize"] as const) {
    const count = unread[reason];
    if (count > 0) task.lateDrops.push({ stream, count, recordTime, reason });
  }
}

const NO_MODEL =
  "model: there is none, and several could be meant, or no rule file of this stream has its name";

/** Tells of every record that was refused whole, and of every row that was dropped, by the offset of its record, why. */
export function tellDropped(
  { batches, refused, explain }: DecodedRecords,
  dropped: NonNullable<Delivery["dropped"]>,
): void {
  let said = 0;
  for (let i = 0; i < refused.count; i++) {
    const offset = refused.offsets[i];
    const reason = REFUSALS[refused.why[i]];
    const why = reason === "undecodable" && said++ < MOST_EXPLAINED ? explain?.(offset) : undefined;
    dropped(offset, reason, reason === "unknown-model" ? NO_MODEL : why && UNREADABLE[why]);
  }
  for (const batch of batches) {
    for (let row = 0; row < batch.rows; row++) {
      const reason = batch.reason[row];
      if (reason === 0) continue;
      const faults = reason === INVALID ? envelopeFaults(batch, row) : [];
      const why = faults.length === 0 ? undefined : faults.map((part) => ENVELOPE_FAULTS[part]).join("; ");
      dropped(batch.offset[row], DROP_REASONS[reason - 1], why);
    }
  }
}
