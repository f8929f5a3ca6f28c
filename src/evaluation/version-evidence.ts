import type { Engine } from "../engine/engine.ts";
import type { FittedModel } from "../rules/fitted-model.ts";
import type { Store } from "../state/store.ts";
import type { Alert, Transition } from "../verdict/alert.ts";
import { replaceAlert } from "../verdict/standing.ts";
import type { VersionEvidence } from "../verdict/version-alert.ts";
import { tellDifferences } from "../verdict/version-comparison.ts";
import type { VersionPair } from "../verdict/version-series.ts";
import { describeLabels } from "../verdict/version-text.ts";
import { cohortLayout } from "../window/task-delta.ts";

interface Place {
  readonly engine: Engine;
  readonly store: Pick<Store, "readPanes">;
  readonly fitted: FittedModel;
}

/**
 * Says with an alert that compares versions what the other half of the data tells of them by then: of windows, what the last
 * judged labels say; of labels, what the last window does. Whoever is to act on it need not ask again.
 */
export async function completeComparisons(
  transitions: readonly Transition[],
  place: Place,
): Promise<readonly Transition[]> {
  const completed: Transition[] = [];
  for (const transition of transitions) {
    const { state, version, evidence } = transition.alert;
    const comparison = evidence?.comparison;
    const isMeant = state === "firing" && version !== undefined && comparison !== undefined;
    completed.push(isMeant ? await complete(transition, { version, ...comparison }, place) : transition);
  }
  return completed;
}

async function complete(
  transition: Transition,
  found: VersionEvidence & VersionPair,
  place: Place,
): Promise<Transition> {
  const { version, ...comparison } = found;
  const { alert } = transition;
  const { panes, cohorts } = place.engine.judgesOf(alert.model);
  const pair = { version, against: found.against };
  if (found.columns === undefined) {
    const rows = tellDifferences(panes.compare(pair)).filter((row) => row.segment === alert.segment);
    const columns = rows.filter(({ score }) => score.status === "ok");
    const told = withComparison(alert, columns.length === 0 ? comparison : { ...comparison, columns });
    replaceAlert(cohorts.standings, told);
    return { ...transition, alert: told };
  }
  const labels = await lastLabels(place, pair, alert);
  if (labels === undefined) return transition;
  const text = describeLabels(labels, found.against);
  const told = withComparison(
    { ...alert, explanation: [alert.explanation, text].filter((part) => part !== "").join(" ") },
    { ...comparison, labels },
  );
  replaceAlert(panes.standings, told);
  return { ...transition, alert: told };
}

function withComparison(alert: Alert, comparison: VersionEvidence): Alert {
  return { ...alert, evidence: { ...alert.evidence, comparison } };
}

/** Of the last cohort that was judged, where both versions have labels in it. */
async function lastLabels(
  { engine, store, fitted: { model, counting } }: Place,
  pair: VersionPair,
  { segment }: Alert,
): Promise<VersionEvidence["labels"]> {
  if (counting.outcomes === undefined) return undefined;
  const range = { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY };
  const stored = await store.readPanes({ layout: cohortLayout(counting), ...range });
  const last = engine
    .judgesOf(model.name)
    .cohorts.compare(stored, pair)
    .findLast(({ isJudged }) => isJudged);
  const differences = tellDifferences(last?.scores ?? []).filter(
    (row) => row.segment === segment && row.score.status === "ok",
  );
  if (last === undefined || differences.length === 0) return undefined;
  return { from: new Date(last.from).toISOString(), to: new Date(last.to).toISOString(), differences };
}
