import { selectNames } from "../../rules/column-globs.ts";
import type { FittedModel } from "../../rules/fitted-model.ts";
import type { Rule } from "../../rules/model.ts";
import type { Episode } from "../replay/episodes.ts";
import { isOfLabels } from "./findings.ts";
import type { Incident } from "./incident-file.ts";

export interface IncidentFindings {
  readonly incidents: readonly IncidentFinding[];
  /** Firings that no incident explains. */
  readonly unexplained: readonly Episode[];
  /** From the beginning of an incident to its first alert, the median of those that were found, ms; absent where none was. */
  readonly medianDelay?: number;
}

interface IncidentFinding {
  readonly incident: Incident;
  /** In the order of firing; none: it was missed. */
  readonly foundBy: readonly Episode[];
  /** Of the first of them, ms of event time. */
  readonly delay?: number;
}

/**
 * Which incidents were found, by what and how late. An alert has found an incident that it may be about (model, column, name) if it
 * began to fire after the incident did, and while its window could still hold data of it: up to its window, and what its rule waits,
 * after the end; for alerts of labels a cohort. One that fired before is no finding: it knew nothing of what was to come.
 */
export function matchIncidents(
  incidents: readonly Incident[],
  episodes: readonly Episode[],
  models: readonly FittedModel[],
): IncidentFindings {
  const explained = new Set<Episode>();
  const findings = incidents.map((incident): IncidentFinding => {
    const foundBy = episodes
      .filter((episode) => hasFound(episode, incident, models))
      .toSorted((a, b) => a.from - b.from);
    for (const episode of foundBy) explained.add(episode);
    const [first] = foundBy;
    return { incident, foundBy, ...(first === undefined ? {} : { delay: first.from - incident.from }) };
  });
  const medianDelay = medianOf(findings.flatMap(({ delay }) => delay ?? []));
  return {
    incidents: findings,
    unexplained: episodes.filter((episode) => !explained.has(episode)),
    ...(medianDelay === undefined ? {} : { medianDelay }),
  };
}

function hasFound({ alert, from }: Episode, incident: Incident, models: readonly FittedModel[]): boolean {
  const { model, columns, alerts } = incident;
  if (model !== undefined && model !== alert.model) return false;
  if (alerts !== undefined && selectNames(alerts, [alert.alert]).length === 0) return false;
  if (columns !== undefined && selectNames(columns, [alert.column ?? ""]).length === 0) return false;
  const fitted = models.find((candidate) => candidate.model.name === alert.model);
  const rule = fitted?.model.rules.find((candidate) => candidate.alert === alert.alert);
  const reach = fitted === undefined || rule === undefined ? 0 : reachOf(rule, fitted);
  return from > incident.from && from < incident.to + reach;
}

/** How long after the end of something wrong a rule can begin to fire for it, ms. */
function reachOf(rule: Rule, { counting, model }: FittedModel): number {
  const { pane } = counting;
  return (isOfLabels(rule) ? model.labels.cohort : rule.window.size) + rule.for + pane;
}

function medianOf(values: readonly number[]): number | undefined {
  if (values.length === 0) return undefined;
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
