import type { Engine } from "./engine.ts";
import type { DecodedRecords, EventBatch } from "./event/batch.ts";
import type { FoundEntries } from "./join/entries.ts";
import type { Store, TaskId } from "./state/store.ts";

/** What the store must say before records are taken in. */
interface Asking {
  readonly engine: Engine;
  readonly store: Store;
}

/** Offers the versions that are met for the first time to the store, which knows whether there is a place for them. */
export async function admitVersions({ engine, store }: Asking, decoded: DecodedRecords): Promise<void> {
  for (const { model, names, keep } of engine.newVersions(decoded)) {
    engine.setVersions(model, await store.admitVersions(model, names, keep));
  }
}

/** What the store knows of the ids in the records, by batch. */
export async function findEntries(
  { engine, store }: Asking,
  task: TaskId,
  decoded: DecodedRecords,
): Promise<Map<EventBatch, FoundEntries>> {
  const answers = new Map<EventBatch, FoundEntries>();
  for (const { index, ids, batch } of engine.questions(decoded)) {
    answers.set(batch, await store.find(task, index, ids));
  }
  return answers;
}
