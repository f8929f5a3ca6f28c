import { measureNamed } from "../statistics/measures.ts";
import type { Score } from "../statistics/score.ts";
import { describeStatistics } from "../verdict/alert-statistics.ts";
import {
  formatAge,
  formatCount,
  formatMoment,
  formatProbability,
  formatScore,
  formatShare,
  formatVersion,
} from "../verdict/quantities.ts";
import type {
  ModelReport,
  Report,
  ReportedAlert,
  ReportedChange,
  ReportedCohort,
  ReportedRows,
  StreamReport,
} from "./report.ts";

/** As many as are read at seven in the morning; the JSON has more. */
const MOST_ALERTS = 10;
const MOST_CHANGES = 5;
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
    "",
    `It rests on reference ${report.lineage.reference.slice(0, 12)}, rules ${report.lineage.rules.slice(0, 12)}.`,
  ];
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

function renderAlerts({ alerts, alertsLeftOut, statistics }: ModelReport): string[] {
  const shown = alerts.slice(0, MOST_ALERTS);
  const more = alerts.length - shown.length + alertsLeftOut;
  const lines = [
    ...shown.map(renderAlert),
    ...(more > 0 ? [`- and ${formatCount(more)} more: driftd alerts list --all`] : []),
  ];
  const { since } = statistics;
  const total =
    since === undefined ? [] : [`All alerts since ${momentOf(since)}: ${describeStatistics(statistics)}`];
  return [...(lines.length === 0 ? [] : ["", "### Alerts", "", ...lines]), "", ...total];
}

function renderAlert(alert: ReportedAlert): string {
  const { endsAt, startsAt, score, threshold, measure, severity, judgements } = alert;
  const when = endsAt === undefined ? "fires since" : "fired from";
  const until = endsAt === undefined ? "" : ` to ${momentOf(endsAt)}`;
  const said = [
    ...(judgements?.acknowledged === undefined ? [] : [`Acknowledged by ${judgements.acknowledged.by}.`]),
    ...(judgements?.false === undefined ? [] : [`Called a false alarm by ${judgements.false.by}.`]),
  ];
  const value = score.value === undefined ? "" : ` ${formatValue(measure, score.value)}`;
  const terms = `limit ${formatValue(measure, threshold)}, n=${formatCount(score.n)}`;
  return [
    `- **${plain(alert.alert)}** ${placeOf(alert)}${when} ${momentOf(startsAt)}${until} (${plain(severity)}):`,
    `${measure}${value} (${terms}).`,
    plain(firstSentence(alert)),
    ...said.map(plain),
  ]
    .filter((part) => part !== "")
    .join(" ");
}

/** What the explanation says first: behind the name of the alert and its series, up to the first full stop before a capital. */
function firstSentence({ alert, explanation }: ReportedAlert): string {
  const told = explanation.startsWith(`${alert} `) ? explanation.replace(/^.*?: /, "") : explanation;
  return /^.*?[.](?= [A-Z]|$)/s.exec(told)?.[0] ?? told;
}

/** `amount, v7, region=eu `: nothing where the rule asks of all events together. */
function placeOf({
  column,
  version,
  segment,
}: Pick<ReportedChange, "column" | "version" | "segment">): string {
  const parts = [column, version && formatVersion(version), segment].filter(
    (part) => part !== undefined && part !== "",
  );
  return parts.length === 0 ? "" : `${plain(parts.join(", "))} `;
}

function renderChanges({ changes, changesLeftOut, unmeasured }: ModelReport): string[] {
  const shown = changes.slice(0, MOST_CHANGES);
  const more = changes.length - shown.length + changesLeftOut;
  const rest = [
    ...(more > 0 ? [`${formatCount(more)} were measured`] : []),
    ...(unmeasured > 0 ? [`${formatCount(unmeasured)} could not be measured: too few values, or none`] : []),
  ];
  if (shown.length === 0 && rest.length === 0) return [];
  return [
    "",
    "### Nearest to their limits, in the last window",
    "",
    ...shown.map(renderChange),
    ...(rest.length === 0 ? [] : [`- Of the other rules and columns ${rest.join(", ")}.`]),
  ];
}

function renderChange(change: ReportedChange): string {
  const { alert, measure, score, limit, share } = change;
  const { value = Number.NaN, effect, n, p, trust } = score;
  const isApart = limit.kind === "atLeast" && effect !== undefined && effect !== value;
  const terms = [
    ...(isApart ? [`effect ${formatScore(effect)}`] : []),
    `limit ${formatValue(measure, limit.value)}`,
    `n=${formatCount(n)}`,
    intervalOf(measure, score),
    p === undefined ? "" : `probability of as much by chance ${formatProbability(p)}`,
    trust === undefined ? "" : `trust ${trust}`,
  ].filter((part) => part !== "");
  const beyond = share >= 1 ? "**beyond**" : `${formatShare(share)} of`;
  return `- ${plain(alert)} ${placeOf(change)}is ${beyond} its limit: ${measure} ${formatValue(measure, value)} (${terms.join("; ")})`;
}

function intervalOf(measure: string, { lower, upper }: Score): string {
  if (lower === undefined || upper === undefined) return "";
  const kind = measureNamed(measure)?.isBounded === true ? "between" : "95% interval";
  const joint = measureNamed(measure)?.isBounded === true ? "and" : "to";
  return `${kind} ${formatValue(measure, lower)} ${joint} ${formatValue(measure, upper)}`;
}

function renderCohort({ from, to, state, scores }: ReportedCohort): string[] {
  const known = scores.filter(({ score }) => score.status === "ok" && score.value !== undefined);
  const versions = [...new Set(known.map(({ version }) => version))];
  const what = state === "judged" ? "judged" : "provisional: labels are still to come";
  return [
    "",
    `### Labels of the predictions from ${momentOf(from)} to ${momentOf(to)} (${what})`,
    "",
    ...(known.length === 0 ? ["- Too few labels to say anything."] : []),
    ...versions.map((version) => {
      const told = known.filter((one) => one.version === version).map(describeLabelScore);
      const name = version === undefined || version === "" ? "" : `${plain(formatVersion(version))}: `;
      return `- ${name}${told.join("; ")}`;
    }),
  ];
}

function describeLabelScore({ measure, score }: ReportedCohort["scores"][number]): string {
  const { value = Number.NaN, n } = score;
  const interval = intervalOf(measure, score);
  return `${measure} ${formatValue(measure, value)} (${interval === "" ? "" : `${interval}; `}n=${formatCount(n)})`;
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

/** In the measure's own unit. */
function formatValue(measure: string, value: number): string {
  const { unit, nature } = measureNamed(measure) ?? {};
  if (unit === "seconds") return formatAge(value);
  return nature === "share" ? formatShare(value) : formatScore(value);
}

function momentOf(time: string): string {
  return formatMoment(Date.parse(time));
}

/** Names and sentences as they stand: what Markdown would read as its own is escaped, and no line ends within. */
function plain(text: string): string {
  return text.replaceAll(/\p{Cc}+/gu, " ").replaceAll(/[\\`*<[\]|]/g, String.raw`\$&`);
}
