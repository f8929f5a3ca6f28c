import type { FittedModel } from "../rules/fitted-model.ts";
import type { Store } from "../state/store.ts";
import type { Transition } from "../verdict/alert.ts";
import { endJudgement } from "../verdict/judgement-record.ts";

/** What is recorded of models that were judged once and are not watched any more, by its name in the store. */
export type GoneModels = Map<string, Uint8Array>;

const PREFIX = "model/";

/** Name under which is recorded how the verdicts of a model stand. */
export function judgementName(model: string): string {
  return `${PREFIX}${model}`;
}

export function findGoneModels(
  models: readonly FittedModel[],
  recorded: ReadonlyMap<string, Uint8Array>,
): GoneModels {
  const watched = new Set(models.map(({ model }) => judgementName(model.name)));
  return new Map([...recorded].filter(([name]) => name.startsWith(PREFIX) && !watched.has(name)));
}

/**
 * Ends their alerts, which would fire for ever else, and forgets them; what they counted is left, should they come back. False
 * where somebody else judges by now. `now` is the wall clock, ms.
 */
export async function endGoneModels(
  gone: GoneModels,
  options: {
    readonly store: Pick<Store, "writeJudgement">;
    readonly now: number;
    readonly onTransitions: (transitions: readonly Transition[]) => ReadonlyMap<string, Uint8Array>;
  },
): Promise<boolean> {
  const { store, now, onTransitions } = options;
  for (const [name, bytes] of gone) {
    gone.delete(name);
    const ended = endJudgement(bytes, now);
    if (ended === undefined) continue;
    const changes = new Map(onTransitions(ended.transitions)).set(name, ended.record);
    if (!(await store.writeJudgement(changes))) return false;
  }
  return true;
}
