import type { Difference } from "./difference.ts";
import type { Findings } from "./findings.ts";
import type { IncidentFindings } from "./incident-match.ts";

/** All that a backtest has to say. */
export interface Report {
  readonly findings: Findings;
  /** Present where a second rule set judged the same history. */
  readonly against?: { readonly findings: Findings; readonly difference: Difference };
  readonly incidents?: IncidentFindings;
  /** The same of the second rule set. */
  readonly incidentsAgainst?: IncidentFindings;
  /** What was not judged, and why: sentences. */
  readonly notes: readonly string[];
  /** Wall time. */
  readonly seconds: number;
}

/** Whether there is something that whoever asked must look at: a missed incident, or rule sets that do not say the same. */
export function hasFindings({ incidents, against }: Report): boolean {
  const isMissed = incidents?.incidents.some(({ foundBy }) => foundBy.length === 0) ?? false;
  const { onlyFirst = [], onlySecond = [] } = against?.difference ?? {};
  return isMissed || onlyFirst.length + onlySecond.length > 0;
}
