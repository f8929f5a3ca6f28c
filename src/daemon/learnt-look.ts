import type { Engine } from "../engine/engine.ts";
import { learntName } from "../evaluation/learning.ts";
import type { Store } from "../state/store.ts";
import type { Reload } from "./reload.ts";

/**
 * Looks whether what a model learns stands in the store, whoever put it there, and has it taken over as a changed file is. Where
 * the files cannot be taken over as they are, it is with the next change of them.
 */
export function createLearntLook(options: {
  readonly engine: Engine;
  readonly store: Pick<Store, "readJudgement">;
  readonly reload: Pick<Reload, "read">;
}): () => Promise<void> {
  const { engine, store, reload } = options;
  const tried = new Set<string>();
  return async () => {
    const awaited = engine.models.flatMap(({ counting: { model, learning } }) =>
      learning === undefined ? [] : [learntName(model, learning.id)],
    );
    const untried = awaited.filter((name) => !tried.has(name));
    if (untried.length === 0) return;
    const found = await store.readJudgement(untried);
    for (const name of found.keys()) tried.add(name);
    if (found.size > 0) await reload.read();
  };
}
