import type { Alert } from "../../verdict/alert.ts";
import type { Episode } from "../replay/episodes.ts";
import { firingWithin, type Findings } from "./findings.ts";
import type { IncidentFindings } from "./incident-match.ts";
import type { Report } from "./report.ts";

/** The one object of `--json`. Times are RFC 3339, lengths of time seconds. */
export function reportJson({
  findings,
  against,
  incidents,
  incidentsAgainst,
  notes,
  seconds,
}: Report): object {
  return {
    ...findingsJson(findings),
    ...(incidents && { incidents: incidentsJson(incidents) }),
    ...(against && {
      against: {
        ...findingsJson(against.findings),
        ...(incidentsAgainst && { incidents: incidentsJson(incidentsAgainst) }),
        both: against.difference.both.map(({ first, second }) => ({
          id: first.alert.id,
          against: second.alert.id,
        })),
        onlyFirst: against.difference.onlyFirst.map(idOf),
        onlyAgainst: against.difference.onlySecond.map(idOf),
      },
    }),
    notes,
    seconds: Math.round(seconds * 10) / 10,
  };
}

function findingsJson(findings: Findings): object {
  const { from, to, episodes, models, ledgers, passedOver } = findings;
  return {
    from: timeOf(from),
    to: timeOf(to),
    alerts: episodes.map((episode) => ({
      ...episode.alert,
      ...endOf(episode),
      firingSeconds: firingWithin(episode, findings) / 1000,
    })),
    models: models.map(({ budget, rules, ...model }) => ({
      ...model,
      budget: { falseAlarms: budget.falseAlarms, perSeconds: budget.per / 1000 },
      rules: rules.map(({ firing, longest, ...rule }) => ({
        ...rule,
        firingSeconds: firing / 1000,
        longestSeconds: longest / 1000,
      })),
    })),
    accounting: Object.fromEntries(
      Object.entries(ledgers).map(([stream, { received, measured, waiting, dropped, ...records }]) => [
        stream,
        { records, rows: { received, measured, waiting, dropped }, passedOver: passedOver.get(stream) ?? 0 },
      ]),
    ),
  };
}

/** Why it fired is told with the beginning: the end may know less of it. */
function endOf({ resolved }: Episode): Partial<Pick<Alert, "state" | "reason" | "endsAt">> {
  if (resolved === undefined) return {};
  const { state, reason, endsAt } = resolved;
  return { state, reason, ...(endsAt === undefined ? {} : { endsAt }) };
}

function incidentsJson({ incidents, unexplained, medianDelay }: IncidentFindings): object {
  const found = incidents.filter(({ foundBy }) => foundBy.length > 0).length;
  return {
    incidents: incidents.map(({ incident, foundBy, delay }) => ({
      ...incident,
      from: timeOf(incident.from),
      to: timeOf(incident.to),
      found: foundBy.length > 0,
      foundBy: foundBy.map(idOf),
      delaySeconds: delay === undefined ? null : delay / 1000,
    })),
    found,
    missed: incidents.length - found,
    share: found / incidents.length,
    medianDelaySeconds: medianDelay === undefined ? null : medianDelay / 1000,
    false: unexplained.map(idOf),
  };
}

function idOf({ alert }: Episode): string {
  return alert.id;
}

/** Nothing has no time. */
function timeOf(time: number): string | null {
  return Number.isFinite(time) ? new Date(time).toISOString() : null;
}
