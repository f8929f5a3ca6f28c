import type { Alert, AlertJudgement } from "../../verdict/alert.ts";
import { describeStatistics } from "../../verdict/alert-statistics.ts";
import { formatVersion } from "../../verdict/quantities.ts";
import type { ShownAlertStatistics } from "../../web/api/alerts.ts";
import type { CommandIo } from "../io.ts";
import { jsonLine } from "../json-line.ts";
import { printable } from "../text.ts";
import { findDaemon, type DaemonOptions } from "./daemon.ts";

/** `driftd alerts list`: what fires, with what people said of it, and how often they called alerts false. Exits 1 if anything fires. */
export async function listAlerts(
  options: DaemonOptions & { readonly all: boolean },
  io: CommandIo,
): Promise<number> {
  const daemon = await findDaemon(options, io);
  // web/api/alerts.ts says what it answers.
  const known = (await daemon.ask(`/api/alerts?state=${options.all ? "all" : "firing"}`)) as {
    readonly alerts: readonly Alert[];
    readonly elsewhere?: string;
  };
  const { models } = (await daemon.ask("/api/alerts/statistics")) as {
    readonly models: readonly ShownAlertStatistics[];
  };
  const { alerts, elsewhere } = known;
  const status = alerts.some(({ state }) => state === "firing") ? 1 : 0;
  if (options.json) {
    io.stdout.write(jsonLine({ ...known, models }));
    return status;
  }
  if (elsewhere !== undefined) io.stderr.write(`${elsewhere}\n`);
  else if (alerts.length === 0) io.stdout.write("Nothing fires.\n");
  for (const alert of alerts) io.stdout.write(alertLine(alert));
  for (const one of models) io.stdout.write(statisticsLine(one));
  return status;
}

/** Some lines of text: which alert it is, what it says, and what people said of it. */
export function alertLine(alert: Alert): string {
  const { id, state, startsAt, endsAt, explanation, judgements = {} } = alert;
  const until = endsAt === undefined ? "" : ` until ${endsAt}`;
  const lines = [
    `${id}  ${state}  since ${startsAt}${until}`,
    `    ${explanation === "" ? seriesOf(alert) : explanation}`,
    ...judgementLines("acknowledged", judgements.acknowledged),
    ...judgementLines("called a false alarm", judgements.false),
  ];
  return `${lines.map(printable).join("\n")}\n`;
}

function seriesOf({ alert, model, column, version, segment }: Alert): string {
  const series = column === undefined ? model : `${model}/${column}`;
  return [alert, series, version === undefined ? "" : formatVersion(version), segment ?? ""]
    .filter((part) => part !== "")
    .join(" ");
}

function judgementLines(what: string, said: AlertJudgement | undefined): string[] {
  if (said === undefined) return [];
  const { by, at, reason } = said;
  return [`    ${what} by ${by} at ${at}${reason === undefined ? "" : `: ${reason}`}`];
}

function statisticsLine({ model, ...statistics }: ShownAlertStatistics): string {
  const { since } = statistics;
  if (since === undefined) return `${printable(model)}: nothing judged yet.\n`;
  return `${printable(model)}, since ${since}: ${describeStatistics(statistics)}\n`;
}
