import type { LearningProgress } from "../evaluation/learning.ts";
import type { Engine } from "../engine/engine.ts";
import { writeReference } from "../reference/reference-file.ts";
import type { ShownReference } from "../web/api/references.ts";

/** What every model is held against, or how far it has come to learn that. */
export function viewReferences(
  engine: Engine,
  learning: ReadonlyMap<string, LearningProgress>,
): ShownReference[] {
  return engine.models.map(({ model: { name }, reference: { id, rows, learnt }, counting }) => {
    if (counting.learning === undefined)
      return { model: name, state: learnt === undefined ? "built" : "learnt", id, rows };
    const progress = learning.get(name);
    if (progress === undefined) return { model: name, state: "learning" };
    const { until, ...rest } = progress;
    const ends = until === undefined ? {} : { until: new Date(until).toISOString() };
    return { model: name, state: "learning", learning: { ...rest, ...ends } };
  });
}

/** The file of a model's reference; undefined where there is no such model, or it has none yet. */
export function viewReferenceFile(engine: Engine, model: string): Uint8Array | undefined {
  const found = engine.models.find((fitted) => fitted.model.name === model);
  if (found === undefined || found.counting.learning !== undefined) return undefined;
  // Of who reads it, not of the file.
  const { floor: _floor, ...reference } = found.reference;
  return writeReference(reference);
}
