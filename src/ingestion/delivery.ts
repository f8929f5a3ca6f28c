import type { DecodedRecords } from "../event/batch.ts";
import { ENVELOPE_FAULTS, envelopeFaults } from "../event/envelope-fault.ts";
import { DROP_REASONS, reasonCode } from "../event/reason.ts";
import type { RecordBatch } from "../event/records.ts";
import { REFUSALS } from "../event/refusal.ts";
import { UNREADABLE } from "../event/unreadable.ts";
import type { Delivery } from "../stream/source.ts";
import type { OwnedTask } from "./task-ownership.ts";

const INVALID = reasonCode("invalid");
/** Of one delivery so many broken records are looked at again. */
const MOST_EXPLAINED = 100;

interface Taking {
  /** Whose the batch is; undefined where its task is not ours. */
  readonly ownerOf: (batch: RecordBatch) => OwnedTask | undefined;
  readonly takeIn: (batch: RecordBatch) => Promise<DecodedRecords | undefined>;
  /** Answers whether all that was taken in of the task is durable. */
  readonly commit: (owned: OwnedTask) => Promise<boolean>;
  /** Wall clock, ms. */
  readonly now: number;
}

/** Takes the deliveries in, and commits their tasks once each; answers which of them are durable. */
export async function takeDeliveries(
  deliveries: readonly Delivery[],
  { ownerOf, takeIn, commit, now }: Taking,
): Promise<readonly boolean[]> {
  const owners: (OwnedTask | undefined)[] = [];
  for (const { batch, unread, dropped } of deliveries) {
    const owned = ownerOf(batch);
    owners.push(owned);
    if (owned === undefined) continue;
    turnAway(owned, batch, { unread, now });
    numberRecords(batch, owned.task.progressOf(batch.stream).next ?? 0);
    const decoded = await takeIn(batch);
    if (decoded !== undefined && dropped !== undefined) tellDropped(batch, decoded, dropped);
  }
  const durable = new Set<OwnedTask>();
  for (const owned of new Set(owners)) {
    if (owned !== undefined && (await commit(owned))) durable.add(owned);
  }
  return owners.map((owned) => owned !== undefined && durable.has(owned));
}

/** Books what was not read, and has the quarantine told how many they were. */
function turnAway(
  { task }: OwnedTask,
  { stream }: RecordBatch,
  { unread, now: recordTime }: { readonly unread: Delivery["unread"]; readonly now: number },
): void {
  task.turnAway(stream, unread);
  for (const reason of ["overflow", "oversize"] as const) {
    const count = unread[reason];
    if (count > 0) task.lateDrops.push({ stream, count, recordTime, reason });
  }
}

/** Gives the records of a delivery the offsets that follow what is stored of their stream. */
function numberRecords({ offsets, count }: RecordBatch, first: number): void {
  for (let record = 0; record < count; record++) offsets[record] = first + record;
}

const NO_MODEL =
  "model: there is none, and several could be meant, or no rule file of this stream has its name";

/** Tells of every record that was refused whole, and of every row that was dropped, why. */
export function tellDropped(
  { offsets }: RecordBatch,
  { batches, refused, explain }: DecodedRecords,
  dropped: NonNullable<Delivery["dropped"]>,
): void {
  const first = offsets[0];
  let said = 0;
  for (let i = 0; i < refused.count; i++) {
    const offset = refused.offsets[i];
    const reason = REFUSALS[refused.why[i]];
    const why = reason === "undecodable" && said++ < MOST_EXPLAINED ? explain?.(offset) : undefined;
    dropped(offset - first, reason, reason === "unknown-model" ? NO_MODEL : why && UNREADABLE[why]);
  }
  for (const batch of batches) {
    for (let row = 0; row < batch.rows; row++) {
      const reason = batch.reason[row];
      if (reason === 0) continue;
      const faults = reason === INVALID ? envelopeFaults(batch, row) : [];
      const why = faults.length === 0 ? undefined : faults.map((part) => ENVELOPE_FAULTS[part]).join("; ");
      dropped(batch.offset[row] - first, DROP_REASONS[reason - 1], why);
    }
  }
}
