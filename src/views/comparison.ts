import type { Engine } from "../engine/engine.ts";
import type { Store } from "../state/store.ts";
import { tellDifferences } from "../verdict/version-comparison.ts";
import type { VersionPair } from "../verdict/version-series.ts";
import type { ShownComparison } from "../web/api/comparison.ts";
import { cohortLayout } from "../window/task-delta.ts";

/** Cohorts are told newest first, and no more of them. */
const MOST_COHORTS = 7;

/** What one version of a model does otherwise than another; undefined where no model has the name. */
export async function viewComparison(
  { engine, store }: { engine: Engine; store: Store },
  model: string,
  pair: VersionPair,
): Promise<ShownComparison | undefined> {
  const fitted = engine.models.find((one) => one.model.name === model);
  if (fitted === undefined) return undefined;
  const { panes, cohorts } = engine.judgesOf(model);
  const { counting } = fitted;
  const range = { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY };
  const stored =
    counting.outcomes === undefined
      ? []
      : await store.readPanes({ layout: cohortLayout(counting), ...range });
  const columns = tellDifferences(panes.compare(pair));
  const labels = cohorts
    .compare(stored, pair)
    .slice(-MOST_COHORTS)
    .toReversed()
    .map(({ from, to, isJudged, scores }) => ({
      from: timeOf(from),
      to: timeOf(to),
      state: isJudged ? ("judged" as const) : ("provisional" as const),
      differences: tellDifferences(scores),
    }));
  const firing = engine
    .firing(model)
    .filter(({ version, alert }) => version === pair.version && isAgainst(alert));
  function isAgainst(alert: string): boolean {
    const against = fitted?.model.rules.find((rule) => rule.alert === alert)?.against;
    return typeof against === "object" && against.version === pair.against;
  }
  const told = [...columns, ...(labels.find(({ state }) => state === "judged")?.differences ?? [])];
  const known = told.flatMap(({ differs }) => differs ?? []);
  return {
    model,
    ...pair,
    window: { from: timeOf(panes.closedThrough - fitted.model.window.size), to: timeOf(panes.closedThrough) },
    verdict: firing.length > 0 || known.includes(true) ? "differs" : known.length > 0 ? "alike" : "unknown",
    firing,
    columns,
    labels,
  };
}

function timeOf(time: number): string {
  return Number.isFinite(time) ? new Date(time).toISOString() : "";
}
