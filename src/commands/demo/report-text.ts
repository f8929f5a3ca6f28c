import { DAY } from "../../config/quantity.ts";
import type { Alert } from "../../verdict/alert.ts";
import type { Cause } from "./cause.ts";
import { groupFitness } from "./fitness.ts";
import type { FaultOutcome, Finding, Report } from "./report.ts";
import { isMissed } from "./report.ts";
import { formatCount } from "../../verdict/quantities.ts";
import { paint, plural, renderTable, wrap } from "../text.ts";
import { formatSpan, formatTime } from "./times.ts";
import type { Paint, TextStyle } from "../text.ts";

/** What a person reads at the end: the faults, every other alert with its cause, what could be judged, the budget, the rows. */
export function renderReport(report: Report, style: TextStyle): string {
  const parts = [
    report.faults.length > 0 ? renderFaults(report.faults, style) : "",
    renderOthers(report, style),
    report.fitness.length > 0 ? renderFitness(report, style) : "",
    renderBudget(report, style),
    renderAccounting(report, style),
  ];
  return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
}

function renderFaults(faults: readonly FaultOutcome[], style: TextStyle): string {
  const rows = faults.map((outcome) => {
    const { fault, found } = outcome;
    const what = isMissed(outcome) ? "MISSED" : "not reached";
    return {
      cells: [
        fault.name,
        formatTime(fault.from),
        formatSpan(fault.to - fault.from),
        found ? nameAlert(found.episode.alert) : what,
        found ? formatSpan(found.episode.from - fault.from) : "",
      ],
      paint: paintOf(outcome),
    };
  });
  const table = renderTable(["broken on purpose", "from", "for", "found by", "after"], rows, style);
  return [table, ...faults.flatMap((outcome) => renderTold(outcome, style))].join("\n");
}

/** Times are event time. Where somebody would have been told otherwise, it is said. */
function renderTold({ fault, found, toldBy }: FaultOutcome, style: TextStyle): string[] {
  if (found === undefined || toldBy === undefined) return [];
  const text =
    `${fault.name}: ${toldBy.episode.alert.alert} told first, after ${formatSpan(toldBy.episode.from - fault.from)}; ` +
    `${found.episode.alert.alert} speaks of the time of the records, and was judged when records came again.`;
  return [wrap(text, "", style.width)];
}

function paintOf(outcome: FaultOutcome): Paint | undefined {
  if (outcome.found) return "green";
  return isMissed(outcome) ? "red" : undefined;
}

function renderOthers({ findings, faults }: Report, style: TextStyle): string {
  const found = new Set(faults.map((outcome) => outcome.found));
  const others = findings.filter((finding) => !found.has(finding));
  if (others.length === 0) return "No other alert fired.";
  const rows = others.map(({ episode, cause }) => ({
    cells: [
      formatTime(episode.from),
      nameAlert(episode.alert),
      `${cause.kind}: ${cause.fault === undefined ? cause.reason : cause.fault}`,
    ],
    paint: cause.kind === "chance" ? ("yellow" as const) : undefined,
  }));
  return renderTable(["fired", "every other alert", "cause"], rows, style);
}

function renderFitness({ fitness }: Report, style: TextStyle): string {
  const rows = groupFitness(fitness).map(({ alert, verdict, columns }) => ({
    cells: [alert, verdict, columns],
  }));
  return renderTable(["held against January", "trust", "columns"], rows, style);
}

function renderBudget({ budget, findings, from, to }: Report, style: TextStyle): string {
  const days = Math.round((to - from) / DAY);
  const allowed = (budget.falseAlarms * (to - from)) / budget.per;
  const chance = findings.filter(isChance);
  const promised = chance.filter(({ episode }) => episode.alert.score.trust === "promised").length;
  const text =
    `Budget: ${plural(budget.falseAlarms, "false alarm")} in ${formatSpan(budget.per)}, so at most ` +
    `${allowed.toFixed(1)} expected in these ${plural(days, "day")} from series whose trust is promised: ` +
    `${promised === 0 ? "none" : promised} came. ` +
    (chance.length === 0
      ? `Of ${plural(findings.length, "alert")} none is put down to chance.`
      : `Of ${plural(findings.length, "alert")} ${chance.length} may be chance.`);
  return wrap(text, "", style.width);
}

function isChance({ cause }: Finding): boolean {
  return cause.kind === "chance";
}

function renderAccounting({ accounting, seconds }: Report, style: TextStyle): string {
  const dropped = Object.entries(accounting.dropped).filter(([, count]) => count > 0);
  const reasons = dropped.map(([reason, count]) => `${formatCount(count)} ${reason}`).join(", ");
  const text =
    `Rows: ${formatCount(accounting.received)} received = ${formatCount(accounting.measured)} measured + ` +
    `${formatCount(accounting.waiting)} waiting + ${reasons === "" ? "0" : reasons} dropped, in ${seconds.toFixed(1)} s.`;
  return wrap(text, "", style.width);
}

/** `DailyDriftByOrigin distance v1 origin=ATL`. */
function nameAlert({ alert, column, version, segment }: Alert): string {
  return [alert, column, version, segment].filter((part) => part !== undefined && part !== "").join(" ");
}

/** An alert as it fires or resolves: its explanation names it. */
export function renderAlert(alert: Alert, cause: Cause | undefined, style: TextStyle): string {
  const firing = alert.state === "firing";
  const time = formatTime(Date.parse(firing ? alert.startsAt : (alert.endsAt ?? alert.startsAt)));
  if (!firing) {
    const text = wrap(`resolved ${nameAlert(alert)}: ${alert.reason}`, INDENT, style.width);
    return `${paint(time + text.slice(time.length), "dim", style)}\n`;
  }
  const purpose = cause?.fault === undefined ? "" : ` Broken on purpose: ${cause.fault}.`;
  const text = wrap(`FIRING ${alert.explanation}${purpose}`, INDENT, style.width).slice(INDENT.length);
  return `${time}  ${text.replace("FIRING", paint("FIRING", "red", style))}\n`;
}

/** As wide as time and two spaces, so that the lines of an alert stand below each other. */
const INDENT = " ".repeat(14);
