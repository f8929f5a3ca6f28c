import type { Engine } from "../engine/engine.ts";
import type { Store } from "../state/store.ts";
import { listed } from "../verdict/movement.ts";
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
  const verdict =
    firing.length > 0 || known.includes(true) ? "differs" : known.length > 0 ? "alike" : "unknown";
  const seen = engine.admittedVersions(model);
  return {
    model,
    ...pair,
    window: { from: timeOf(panes.closedThrough - fitted.model.window.size), to: timeOf(panes.closedThrough) },
    verdict,
    ...(verdict === "unknown" && { reason: whyUnknown(pair, { seen, rows: columns.length }) }),
    firing,
    columns,
    labels,
  };
}

/** @param rows of the answer: what was asked of the last window, and could not be answered */
function whyUnknown(
  { version, against }: VersionPair,
  { seen, rows }: { readonly seen: readonly string[]; readonly rows: number },
): string {
  const strange = [version, against].filter((name) => !seen.includes(name));
  const known =
    seen.length === 0 ? "no version was" : `${listed(seen)} ${seen.length === 1 ? "was" : "were"}`;
  if (strange.length > 0)
    return `${strange.join(" and ")} was not seen yet, or not counted by itself; ${known}.`;
  return rows === 0
    ? "No window has closed that both versions were seen in."
    : "The last window has too few values of one of the two: columns say of which, by their score.";
}

function timeOf(time: number): string {
  return Number.isFinite(time) ? new Date(time).toISOString() : "";
}
