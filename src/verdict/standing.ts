import type { Tick } from "../config/tick.ts";
import type { AcceptedChange } from "../reference/reference.ts";
import { referenceOf, type FittedModel } from "../rules/fitted-model.ts";
import type { Alert, Transition } from "./alert.ts";
import type { RuleSeries } from "./rule-series.ts";
import { resolveAlert } from "./transition.ts";
import type { Verdict } from "./verdict.ts";

/** What is remembered of a series that is not inactive. */
export interface Standing {
  readonly verdict: Verdict;
  readonly alert?: Alert;
}

/** Ends all that stands of a version which sends nothing any more; `at` is event time, ms. */
export function resolveVersion(
  standings: Map<string, Standing>,
  series: readonly RuleSeries[],
  ...[version, at]: [version: string, at: number]
): Transition[] {
  return series.flatMap(({ key, labels }) =>
    labels.version === version ? end(standings, key, { reason: "version gone", at }) : [],
  );
}

/** Ends what stands of series that nobody asks for any more: a rule was removed, or another reference lacks the column. */
export function resolveStrays(
  standings: Map<string, Standing>,
  series: readonly RuleSeries[],
  tick: Tick,
): Transition[] {
  if (standings.size === 0) return [];
  const asked = new Set(series.map(({ key }) => key));
  return [...standings.keys()].flatMap((key) =>
    asked.has(key) ? [] : end(standings, key, { reason: "rule gone", at: tick.now }),
  );
}

/** Ends what began to fire before somebody took it to be the new normal. */
export function resolveAccepted(
  standings: Map<string, Standing>,
  fitted: Pick<FittedModel, "reference" | "references">,
  tick: Tick,
): Transition[] {
  return [...standings].flatMap(([key, { alert }]) => {
    const { accepted = [] } = referenceOf(fitted, alert?.version);
    return alert !== undefined && accepted.some((change) => isAccepted(alert, change))
      ? end(standings, key, { reason: "accepted", at: tick.now })
      : [];
  });
}

/** The same alert as more is known of it, where it still stands. */
export function replaceAlert(standings: Map<string, Standing>, alert: Alert): void {
  for (const [key, standing] of standings) {
    if (standing.alert?.id === alert.id) standings.set(key, { ...standing, alert });
  }
}

function isAccepted(alert: Alert, { column, version, segments, until }: AcceptedChange): boolean {
  const isOfVersion = version === undefined || alert.version === version;
  const isReplaced = alert.column === column && segments.includes(alert.segment ?? "all");
  return isReplaced && isOfVersion && Date.parse(alert.startsAt) < until;
}

function end(
  standings: Map<string, Standing>,
  key: string,
  { reason, at }: { reason: string; at: number },
): Transition[] {
  const alert = standings.get(key)?.alert;
  standings.delete(key);
  return alert === undefined ? [] : [{ alert: resolveAlert(alert, reason, at), at }];
}
