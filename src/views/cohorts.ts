import type { Engine } from "../engine/engine.ts";
import type { FittedModel } from "../rules/fitted-model.ts";
import type { Store } from "../state/store.ts";
import type { ShownCohort } from "../web/api/cohorts.ts";
import { cohortLayout } from "../window/task-delta.ts";

/** The cohorts of all models that the store still has, by model, newest first, as their labels stand now. */
export async function viewCohorts(parts: {
  engine: Engine;
  models: readonly FittedModel[];
  store: Store;
}): Promise<ShownCohort[]> {
  const { engine, models, store } = parts;
  const shown: ShownCohort[] = [];
  for (const { model, counting } of models) {
    if (counting.outcomes === undefined) continue;
    const stored = await store.readPanes({
      layout: cohortLayout(counting),
      from: Number.NEGATIVE_INFINITY,
      to: Number.POSITIVE_INFINITY,
    });
    for (const { from, to, isJudged, scores } of engine
      .judgesOf(model.name)
      .cohorts.view(stored)
      .toReversed()) {
      shown.push({
        model: model.name,
        from: new Date(from).toISOString(),
        to: new Date(to).toISOString(),
        state: isJudged ? "judged" : "provisional",
        scores: scores.map(({ series, score }) => ({
          ...series.labels,
          measure: series.measure.name,
          score,
        })),
      });
    }
  }
  return shown;
}
