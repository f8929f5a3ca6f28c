import { CodedError } from "../../config/coded-error.ts";
import { damageOf } from "../../state/sealed.ts";
import type { StateRow, Tell } from "../../state/state-rows.ts";
import type { Store } from "../../state/store.ts";

/** What a store answers of itself: panes, then the tasks of these groups, then what was judged. What is damaged is told, and left out. */
export async function* readStoreRows(
  store: Store,
  groups: readonly string[],
  tell: Tell,
): AsyncGenerator<StateRow> {
  const all = { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY };
  for (const layout of await store.readLayouts()) {
    const panes = await attempt(tell, () => store.readPanes({ layout, ...all }));
    for (const pane of panes ?? []) yield { kind: "pane", pane };
  }
  for (const group of groups) {
    for (const { task, version, id, state } of (await attempt(tell, () => store.readTasks(group))) ?? [])
      yield { kind: "task", task, row: { version, commitId: id, state } };
  }
  for (const [name, blob] of (await attempt(tell, () => store.readJudgement())) ?? [])
    yield { kind: "judgement", name, blob };
}

async function attempt<T>(tell: Tell, work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof CodedError) || error.code !== "STATE_DAMAGED") throw error;
    // What the error says besides is the way out, which is said once for all.
    tell(damageOf(error.cause instanceof Error ? error.cause : error));
    return undefined;
  }
}
