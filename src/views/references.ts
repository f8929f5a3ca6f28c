import type { LearningProgress } from "../evaluation/learning.ts";
import { candidateName, readRefreshes, type RefreshReport } from "../evaluation/refresh-report.ts";
import type { Engine } from "../engine/engine.ts";
import { writeReference } from "../reference/reference-file.ts";
import type { Store } from "../state/store.ts";
import type { ShownReference, ShownRefresh } from "../web/api/references.ts";

/** What every model is held against, or how far it has come to learn that; and what would stand in its place. */
export async function viewReferences(
  { engine, store }: { readonly engine: Engine; readonly store: Pick<Store, "readJudgement"> },
  learning: ReadonlyMap<string, LearningProgress>,
): Promise<ShownReference[]> {
  const refreshes = await readRefreshes(store, engine.models);
  return engine.models.map(({ model: { name }, reference: { id, rows, learnt }, counting }) => {
    if (counting.learning === undefined) {
      const refresh = refreshes.get(name);
      const state = learnt === undefined ? "built" : "learnt";
      return { model: name, state, id, rows, ...(refresh && { refresh: viewRefresh(refresh) }) };
    }
    const progress = learning.get(name);
    if (progress === undefined) return { model: name, state: "learning" };
    const { until, ...rest } = progress;
    const ends = until === undefined ? {} : { until: new Date(until).toISOString() };
    return { model: name, state: "learning", learning: { ...rest, ...ends } };
  });
}

function viewRefresh({ candidate, refused, reference: _reference, ...report }: RefreshReport): ShownRefresh {
  return {
    state: candidate === undefined ? "refused" : "ready",
    ...(candidate === undefined ? { refused } : { id: candidate }),
    ...report,
  };
}

/** The file of the candidate for a model's reference; undefined where there is none, or another reference is in use since. */
export async function viewCandidateFile(
  { engine, store }: { readonly engine: Engine; readonly store: Pick<Store, "readJudgement"> },
  model: string,
): Promise<Uint8Array | undefined> {
  if ((await readRefreshes(store, engine.models)).get(model)?.candidate === undefined) return undefined;
  const name = candidateName(model);
  return (await store.readJudgement([name])).get(name);
}

/** The file of a model's reference; undefined where there is no such model, or it has none yet. */
export function viewReferenceFile(engine: Engine, model: string): Uint8Array | undefined {
  const found = engine.models.find((fitted) => fitted.model.name === model);
  if (found === undefined || found.counting.learning !== undefined) return undefined;
  // Of who reads it, not of the file.
  const { floor: _floor, ...reference } = found.reference;
  return writeReference(reference);
}
