import { formatAge, formatCount, formatShare, formatVersion } from "../verdict/quantities.ts";
import { renderAlerts } from "./report-alerts-text.ts";
import { renderChanges, renderCohort } from "./report-scores-text.ts";
import { momentOf, plain } from "./report-words.ts";
import type { ModelReport, Report, ReportedAlert, ReportedRows, StreamReport } from "./report.ts";

/** More versions are counted, and not named. */
const MOST_VERSIONS = 5;

/** A report as Markdown, which reads as plain text too: what needs a look first. */
export function renderReport(report: Report): string {
  const { models, streams, last, at } = report;
  const lines = [
    `# ${report.report}: ${headline(models)}`,
    "",
    `The last ${formatAge(last)} of each model, in event time, up to its newest closed window. Written ${momentOf(at)}.`,
    ...models.flatMap((model) => ["", ...renderModel(model)]),
    ...renderStreams(streams),
  ];
  return `${lines.join("\n")}\n`;
}

function headline(models: readonly ModelReport[]): string {
  const known = models.length === 1 ? "1 model" : `${models.length} models`;
  const firing = models.filter(({ alerts }) => countFiring(alerts) > 0);
  if (firing.length > 0) return `${firing.length} of ${known} fire${firing.length === 1 ? "s" : ""}`;
  const fired = models.filter(({ alerts }) => alerts.length > 0).length;
  return fired > 0 ? `nothing fires, ${fired} of ${known} did` : `nothing fired, ${known}`;
}

function renderModel(report: ModelReport): string[] {
  const { model, learning, period } = report;
  const head = `## ${plain(model)}: ${standingOf(report)}`;
  const learns =
    learning === undefined
      ? []
      : ["", `It learns its reference: ${formatShare(learning)} of that time is over.`];
  if (period === undefined) return [head, ...learns, "", "No window has closed yet: nothing is known of it."];
  return [
    head,
    ...learns,
    "",
    ...renderRows(report, period),
    ...renderAlerts(report),
    ...renderChanges(report),
    ...(report.cohort === undefined ? [] : renderCohort(report.cohort)),
    ...(learning === undefined ? ["", describeLineage(report)] : []),
  ];
}

function describeLineage({ lineage: { reference, rules } }: ModelReport): string {
  return `It rests on reference ${reference.slice(0, 12)}, rules ${rules.slice(0, 12)}.`;
}

function standingOf({ alerts, alertsLeftOut, period }: ModelReport): string {
  if (period === undefined) return "nothing yet";
  const firing = countFiring(alerts);
  const all = alerts.length + alertsLeftOut;
  if (all === 0) return "no alerts";
  const known = all === 1 ? "1 alert" : `${formatCount(all)} alerts`;
  return firing === 0 ? `${known}, none fires now` : `${known}, ${formatCount(firing)} firing now`;
}

function countFiring(alerts: readonly ReportedAlert[]): number {
  return alerts.filter(({ state }) => state === "firing").length;
}

function renderRows({ rows, versions }: ModelReport, period: NonNullable<ModelReport["period"]>): string[] {
  const { since, until, countedSince } = period;
  const begins = countedSince === undefined ? "" : ` Counted as now since ${momentOf(countedSince)} only.`;
  const shown = versions.slice(0, MOST_VERSIONS).map(describeVersion).join(", ");
  const more = versions.length - MOST_VERSIONS;
  return [
    `${momentOf(since)} to ${momentOf(until)}: ${describeRows(rows)}.${begins}`,
    ...(versions.length < 2 ? [] : [`Versions: ${shown}${more > 0 ? `, and ${more} more` : ""}.`]),
  ];
}

function describeRows({ measured, invalid }: ReportedRows): string {
  const dropped = invalid === 0 ? "" : `, ${formatCount(invalid)} dropped as invalid`;
  return `${formatCount(measured)} rows measured${dropped}`;
}

function describeVersion({ version, ...rows }: ReportedRows & { readonly version: string }): string {
  return `${version === "" ? "without a version" : plain(formatVersion(version))} ${formatCount(rows.measured)}`;
}

function renderStreams(streams: Report["streams"]): string[] {
  const lines = Object.entries(streams).map(
    ([name, stream]) => `- ${plain(name)}: ${describeStream(stream)}`,
  );
  return lines.length === 0
    ? []
    : ["", "## Streams, since they are counted, not in the period", "", ...lines];
}

function describeStream({
  received,
  measured,
  waiting,
  undecodable,
  oversize,
  dropped,
}: StreamReport): string {
  const rows = [
    `${formatCount(measured)} measured`,
    ...(waiting > 0 ? [`${formatCount(waiting)} waiting`] : []),
    ...Object.entries(dropped).map(([reason, count]) => `${formatCount(count)} dropped as ${reason}`),
  ];
  const lost = [
    ...(undecodable > 0 ? [`${formatCount(undecodable)} undecodable`] : []),
    ...(oversize > 0 ? [`${formatCount(oversize)} too long`] : []),
  ];
  const records = lost.length === 0 ? "" : `; of records ${lost.join(", ")}`;
  return `${formatCount(received)} rows received: ${rows.join(", ")}${records}.`;
}
