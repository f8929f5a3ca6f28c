import { halfQuestionsOf, type HalfQuestion } from "../engine/questions.ts";
import type { Answers, Engine } from "../engine/engine.ts";
import type { DecodedRecords, EventBatch } from "../event/batch.ts";
import type { FoundEntries } from "../join/entries.ts";
import { restKeysOf, waitingKeysOf, type HalfAnswers } from "../join/half-answers.ts";
import { keysOf } from "../join/half-keys.ts";
import { NOTHING_FOUND } from "../join/pending-entries.ts";
import type { Store, TaskId } from "../state/store.ts";
import type { Task } from "../window/task.ts";

/** What the store must say before records are taken in. */
interface Asking {
  readonly engine: Engine;
  readonly store: Store;
}

interface Owned {
  readonly id: TaskId;
  readonly task: Task;
}

/** Leads records into their task, with what the store says of them; false where the task was lost while that was awaited. */
export async function takeRecords(
  asking: Asking,
  { id, task, isHeld }: Owned & { readonly isHeld: () => boolean },
  decoded: DecodedRecords,
): Promise<boolean> {
  await admitVersions(asking, decoded);
  const answers = await findEntries(asking, { id, task }, decoded);
  if (!isHeld()) return false;
  const events = asking.engine.ingest(task, decoded, answers);
  if (events === undefined) return true;
  await admitVersions(asking, events);
  asking.engine.ingestEvents(task, events, answers);
  return isHeld();
}

/** Offers the versions that are met for the first time to the store, which knows whether there is a place for them. */
async function admitVersions({ engine, store }: Asking, decoded: DecodedRecords): Promise<void> {
  for (const { model, names, keep } of engine.newVersions(decoded)) {
    engine.setVersions(model, await store.admitVersions(model, names, keep));
  }
}

/** What the store knows of the ids in the records. */
async function findEntries(
  { engine, store }: Asking,
  { id, task }: Owned,
  decoded: DecodedRecords,
): Promise<Answers> {
  const predictions = new Map<EventBatch, FoundEntries>();
  for (const { index, ids, batch } of engine.questions(decoded)) {
    predictions.set(batch, await store.find(id, index, ids));
  }
  const halves = new Map<EventBatch, HalfAnswers>();
  for (const question of halfQuestionsOf(task, decoded)) {
    halves.set(question.batch, await findHalves({ store, id }, question));
  }
  return { predictions, halves };
}

async function findHalves(
  { store, id }: { readonly store: Store; readonly id: TaskId },
  { batch, side, plan, index }: HalfQuestion,
): Promise<HalfAnswers> {
  const keys = keysOf(batch, plan);
  const meetings = await store.find(id, index("meetings"), keys);
  const waiting = waitingKeysOf(side, keys, meetings);
  const found =
    waiting.count === 0
      ? NOTHING_FOUND
      : await store.find(id, index(side === "input" ? "output" : "input"), waiting);
  const cells = { keys: waiting, found };
  const rest = side === "input" ? undefined : restKeysOf(batch, { keys, meetings }, plan);
  if (rest === undefined) return { keys, meetings, cells };
  return {
    keys,
    meetings,
    cells,
    rest: { keys: rest, meetings: await store.find(id, index("meetings"), rest) },
  };
}
