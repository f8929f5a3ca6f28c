import { learntName } from "../evaluation/learning.ts";
import { readReference } from "../reference/reference-file.ts";
import type { Reference } from "../reference/reference.ts";
import { learningPlan } from "../rules/learning-model.ts";
import type { Model } from "../rules/model.ts";
import type { Store } from "../state/store.ts";

/** By model, of those that learn: the reference that the store has of it by now. */
export async function readLearnt(
  store: Pick<Store, "readJudgement">,
  models: readonly Model[],
  floor: number,
): Promise<ReadonlyMap<string, Reference>> {
  const names = new Map(
    models.flatMap((model) => {
      const plan = learningPlan(model);
      return plan === undefined ? [] : [[learntName(model.name, plan.id), model.name] as const];
    }),
  );
  const learnt = new Map<string, Reference>();
  if (names.size === 0) return learnt;
  for (const [name, bytes] of await store.readJudgement([...names.keys()])) {
    const model = names.get(name);
    if (model !== undefined)
      learnt.set(model, { ...readReference(bytes, `The reference of ${model} in the store`), floor });
  }
  return learnt;
}
