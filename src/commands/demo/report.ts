import type { Alert } from "../../verdict/alert.ts";
import type { Cause, Episode } from "./cause.ts";
import type { Fault } from "./fault.ts";
import type { Accounting } from "./monitor.ts";
import { formatCount, formatDuration, formatTime, paint, renderTable, wrap } from "./text.ts";
import type { Paint, TextStyle } from "./text.ts";

/** What a run has shown. */
export interface Report {
  readonly accounting: Accounting;
  /** In the order of firing. */
  readonly findings: readonly Finding[];
  readonly faults: readonly FaultOutcome[];
  /** Event time of the run, ms since the epoch. */
  readonly from: number;
  readonly to: number;
  /** The model's budget: false alarms per `per` ms. */
  readonly budget: { readonly falseAlarms: number; readonly per: number };
  /** Wall time of the run. */
  readonly seconds: number;
}

export interface Finding {
  readonly episode: Episode;
  readonly cause: Cause;
}

export interface FaultOutcome {
  readonly fault: Fault;
  /** The first alert that it caused. */
  readonly found: Finding | undefined;
  /** The run went far enough for it to be found. */
  readonly due: boolean;
}

/** Which faults were found, and by what first. `reached` is how far the run came, ms since the epoch. */
export function matchFaults(
  faults: readonly Fault[],
  findings: readonly Finding[],
  reached: number,
): FaultOutcome[] {
  return faults.map((fault) => ({
    fault,
    found: findings.find(({ cause }) => cause.fault === fault.name),
    due: reached >= fault.to,
  }));
}

export function isMissed({ found, due }: FaultOutcome): boolean {
  return due && found === undefined;
}

/** The one object of `--json`. */
export function reportJson(report: Report): object {
  const { accounting, faults, findings, seconds } = report;
  return {
    received: accounting.received,
    measured: accounting.measured,
    waiting: accounting.waiting,
    dropped: accounting.dropped,
    alerts: findings.map(({ episode }) => closeAlert(episode)),
    faults: faults.map(({ fault, found }) => ({
      fault: fault.name,
      from: new Date(fault.from).toISOString(),
      to: new Date(fault.to).toISOString(),
      foundBy: found ? found.episode.alert.alert : null,
      afterSeconds: found ? (found.episode.from - fault.from) / 1000 : null,
    })),
    seconds: Math.round(seconds * 10) / 10,
  };
}

/** The alert as it fired, with its end if it has one. */
function closeAlert({ alert, to }: Episode): Alert {
  return Number.isNaN(to) ? alert : { ...alert, state: "resolved", endsAt: new Date(to).toISOString() };
}

/** What a person reads at the end: the faults, every other alert with its cause, the budget, the rows. */
export function renderReport(report: Report, style: TextStyle): string {
  const parts = [renderOthers(report, style), renderBudget(report, style), renderAccounting(report, style)];
  if (report.faults.length > 0) parts.unshift(renderFaults(report.faults, style));
  return `${parts.join("\n\n")}\n`;
}

function renderFaults(faults: readonly FaultOutcome[], style: TextStyle): string {
  const rows = faults.map((outcome) => {
    const { fault, found } = outcome;
    const what = isMissed(outcome) ? "MISSED" : "not reached";
    return {
      cells: [
        fault.name,
        formatTime(fault.from),
        formatDuration(fault.to - fault.from),
        found ? nameAlert(found.episode.alert) : what,
        found ? formatDuration(found.episode.from - fault.from) : "",
      ],
      paint: paintOf(outcome),
    };
  });
  return renderTable(["broken on purpose", "from", "for", "found by", "after"], rows, style);
}

function paintOf(outcome: FaultOutcome): Paint | undefined {
  if (outcome.found) return "green";
  return isMissed(outcome) ? "red" : undefined;
}

function renderOthers({ findings, faults }: Report, style: TextStyle): string {
  const first = new Set(faults.map(({ found }) => found));
  const others = findings.filter((finding) => !first.has(finding));
  if (others.length === 0) return "No other alert fired.";
  const rows = others.map(({ episode, cause }) => ({
    cells: [
      formatTime(episode.from),
      nameAlert(episode.alert),
      cause.fault === undefined ? cause.kind : `fault: ${cause.fault}`,
      cause.kind === "fault" ? "" : cause.reason,
    ],
    paint: cause.kind === "chance" ? ("yellow" as const) : undefined,
  }));
  return renderTable(["every other alert", "", "cause", "because"], rows, style);
}

function renderBudget({ budget, findings, from, to }: Report, style: TextStyle): string {
  const days = Math.round((to - from) / 86_400_000);
  const allowed = (budget.falseAlarms * (to - from)) / budget.per;
  const chance = findings.filter(({ cause }) => cause.kind === "chance").length;
  const text =
    `Budget: ${budget.falseAlarms} false alarm(s) in ${formatDuration(budget.per)}, so at most ` +
    `${allowed.toFixed(1)} expected in these ${days} days from series whose trust is promised. ` +
    `${chance === 0 ? "None" : chance} of ${findings.length} alerts may be chance.`;
  return wrap(text, "", style.width);
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
export function nameAlert({ alert, column, version, segment }: Alert): string {
  return [alert, column, version, segment].filter((part) => part !== undefined && part !== "").join(" ");
}

/** An alert as it fires or resolves. */
export function renderAlert(alert: Alert, cause: Cause | undefined, style: TextStyle): string {
  const firing = alert.state === "firing";
  const time = formatTime(Date.parse(firing ? alert.startsAt : (alert.endsAt ?? alert.startsAt)));
  const head = `${time}  ${firing ? "FIRING" : "resolved"}  ${nameAlert(alert)}`;
  if (!firing) return `${paint(head, "dim", style)}\n`;
  const lines = [paint(head, "bold", style), wrap(alert.explanation, "    ", style.width)];
  if (cause?.kind === "fault") lines.push(wrap(`Broken on purpose: ${cause.reason}.`, "    ", style.width));
  return `${lines.filter((line) => line !== "").join("\n")}\n`;
}
