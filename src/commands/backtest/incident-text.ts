import { formatAge } from "../../verdict/quantities.ts";
import { plural, renderTable, wrap, type TextStyle } from "../text.ts";
import type { Findings } from "./findings.ts";
import type { IncidentFindings } from "./incident-match.ts";
import { formatPart, formatTime, nameAlert } from "./names.ts";

interface Shown {
  readonly findings: Findings;
  readonly style: TextStyle;
  /** Heading of the table. */
  readonly title?: string;
}

/** One line per incident, how many were found and how late, and the alerts that none explains. */
export function describeIncidents(
  found: IncidentFindings,
  { findings, style, title = "incident" }: Shown,
): string {
  const rows = found.incidents.map(({ incident, foundBy: [first, ...others], delay }) => ({
    cells: [
      incident.name,
      formatTime(incident.from),
      first === undefined
        ? "MISSED"
        : `${nameAlert(first.alert)}${others.length > 0 ? `, and ${others.length} more` : ""}`,
      delay === undefined ? "" : formatAge(delay / 1000),
    ],
    paint: first === undefined ? ("red" as const) : ("green" as const),
  }));
  return [
    renderTable([title, "from", "found by", "after"], rows, style),
    wrap(summaryOf(found, findings), "", style.width),
    ...describeUnexplained(found, style),
  ].join("\n");
}

function summaryOf(
  { incidents, unexplained, medianDelay }: IncidentFindings,
  { episodes }: Findings,
): string {
  const found = incidents.filter(({ foundBy }) => foundBy.length > 0).length;
  const delay = medianDelay === undefined ? "" : `, after ${formatAge(medianDelay / 1000)} in the median`;
  const rest =
    unexplained.length === 0
      ? "every alert belongs to one"
      : `of ${plural(episodes.length, "alert")} ${unexplained.length} ${unexplained.length === 1 ? "belongs" : "belong"} to none`;
  return `Found: ${formatPart(found, incidents.length)}${delay}; ${rest}.`;
}

/** Further ones are counted only; `--json` has them all. */
const MOST_SHOWN = 50;

function describeUnexplained({ unexplained }: IncidentFindings, style: TextStyle): string[] {
  if (unexplained.length === 0) return [];
  const rows = unexplained
    .slice(0, MOST_SHOWN)
    .map(({ alert, from }) => ({ cells: [formatTime(from), nameAlert(alert)] }));
  return ["", renderTable(["fired", "alerts of no incident"], rows, style)];
}
