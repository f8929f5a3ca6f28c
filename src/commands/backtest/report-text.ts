import { formatAge, formatCount } from "../../verdict/quantities.ts";
import type { Episode } from "../replay/episodes.ts";
import { paint, plural, renderTable, wrap, type TextStyle } from "../text.ts";
import { firingWithin, type Findings, type ModelFindings } from "./findings.ts";
import { describeDifference } from "./difference-text.ts";
import { describeIncidents } from "./incident-text.ts";
import { formatTime } from "./names.ts";
import type { Report } from "./report.ts";

/** What a person reads: every alert with its reason, the rules, the incidents, the difference, the budget, the rows. */
export function reportText(report: Report, style: TextStyle): string {
  const { findings, against, incidents, incidentsAgainst, notes } = report;
  const parts = [
    describeAlerts(findings, style),
    ...findings.models.map((model) => describeRules(model, style)),
    incidents === undefined ? "" : describeIncidents(incidents, { findings, style }),
    against === undefined ? "" : describeDifference(against, style),
    incidentsAgainst === undefined || against === undefined
      ? ""
      : describeIncidents(incidentsAgainst, {
          findings: against.findings,
          style,
          title: "incident, by the other rules",
        }),
    ...findings.models.map((model) => wrap(describeBudget(model, findings), "", style.width)),
    notes.map((note) => wrap(note, "", style.width)).join("\n"),
    describeRows(report, style),
  ];
  return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
}

/** Further ones are counted only; `--json` has them all. */
const MOST_SHOWN = 200;

function describeAlerts(findings: Findings, style: TextStyle): string {
  const { episodes } = findings;
  if (episodes.length === 0) return "No alert fired.";
  const shown = episodes.slice(0, MOST_SHOWN).map((episode) => describeEpisode(episode, findings, style));
  const more = episodes.length - shown.length;
  if (more > 0) shown.push(`... and ${plural(more, "alert")} more; --json tells them all.`);
  return shown.join("\n");
}

function describeEpisode(episode: Episode, span: Findings, style: TextStyle): string {
  const { alert, resolved } = episode;
  const time = formatTime(episode.from);
  const text = wrap(`FIRING ${alert.explanation}`, INDENT, style.width).slice(INDENT.length);
  const length = formatAge(firingWithin(episode, span) / 1000);
  const isOver = resolved !== undefined && episode.to <= span.to;
  const end = isOver
    ? `for ${length}, until ${formatTime(episode.to)}: ${resolved.reason}`
    : `still firing at the end, after ${length}`;
  const lines = [
    `${time}  ${text.replace("FIRING", paint("FIRING", "red", style))}`,
    paint(wrap(end, INDENT, style.width), "dim", style),
  ];
  return lines.join("\n");
}

/** As wide as a time and two spaces, so that the lines of an alert stand below each other. */
const INDENT = " ".repeat(18);

function describeRules({ model, rules }: ModelFindings, style: TextStyle): string {
  const rows = rules.map(({ alert, measure, fired, firing, longest, open, unjudged }) => ({
    cells:
      unjudged === undefined
        ? [
            alert,
            measure,
            open === 0 ? formatCount(fired) : `${formatCount(fired)}, ${open} still`,
            fired === 0 ? "" : formatAge(firing / 1000),
            fired === 0 ? "" : formatAge(longest / 1000),
          ]
        : [alert, measure, "not judged", "", ""],
  }));
  return renderTable([`rules of ${model}`, "measure", "fired", "for", "longest"], rows, style);
}

function describeBudget(
  { model, budget, covered, allowed, promised }: ModelFindings,
  { from, to }: Findings,
): string {
  if (covered === 0)
    return `Budget of ${model}: it covers no series (driftd check says why), and promises nothing of these alerts.`;
  const fired = promised === 0 ? "none" : formatCount(promised);
  return (
    `Budget of ${model}: ${plural(budget.falseAlarms, "false alarm")} in ${formatAge(budget.per / 1000)}, so at most ` +
    `${Number(allowed.toPrecision(2))} expected in these ${formatAge((to - from) / 1000)}, of series whose trust is promised; ` +
    `${fired} of those fired, for whatever reason.`
  );
}

function describeRows({ findings, seconds }: Report, style: TextStyle): string {
  const { ledgers, passedOver, from, to } = findings;
  const streams = Object.entries(ledgers).map(
    ([stream, { received, measured, waiting, dropped, undecodable, oversize }]) => {
      const lost = Object.entries(dropped).filter(([, count]) => count > 0);
      const reasons = lost.map(([reason, count]) => `${formatCount(count)} ${reason}`).join(" + ");
      const terms = [
        `${formatCount(measured)} measured`,
        `${formatCount(waiting)} waiting`,
        ...(reasons === "" ? [] : [reasons]),
      ];
      const unread = [
        ...(undecodable > 0 ? [`${formatCount(undecodable)} records could not be decoded`] : []),
        ...(oversize > 0 ? [`${formatCount(oversize)} records were too large`] : []),
        ...((passedOver.get(stream) ?? 0) > 0
          ? [`${formatCount(passedOver.get(stream) ?? 0)} rows before were passed over`]
          : []),
      ];
      return wrap(
        `Rows of ${stream}: ${formatCount(received)} received = ${terms.join(" + ")}${unread.map((one) => `; ${one}`).join("")}.`,
        "",
        style.width,
      );
    },
  );
  const rate =
    Object.values(ledgers).reduce((sum, { received }) => sum + received, 0) / Math.max(seconds, 1e-3);
  const span = `Event time ${formatTime(from)} to ${formatTime(to)} UTC, in ${seconds.toFixed(1)} s (${formatCount(rate)} rows a second).`;
  return [...streams, wrap(span, "", style.width)].join("\n");
}
