import { describeStatistics } from "../verdict/alert-statistics.ts";
import { formatCount } from "../verdict/quantities.ts";
import type { ModelReport, ReportedAlert } from "./report.ts";
import { formatValue, momentOf, placeOf, plain } from "./report-words.ts";

/** As many as are read at seven in the morning; the JSON has more. */
const MOST_ALERTS = 10;

/** The alerts of a model, and how all of them so far stand against its budget. */
export function renderAlerts({ alerts, alertsLeftOut, statistics }: ModelReport): string[] {
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
