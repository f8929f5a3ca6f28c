import { CodedError } from "../../config/coded-error.ts";
import type { Alert, AlertJudgement } from "../../verdict/alert.ts";
import type { CommandIo } from "../io.ts";
import { jsonLine } from "../json-line.ts";
import { findDaemon, type DaemonOptions } from "./daemon.ts";
import { alertLine } from "./list.ts";

/** `driftd alerts acknowledge|false`: has the daemon keep what a person says of an alert. */
export async function sendJudgement(
  options: DaemonOptions & {
    readonly id: string;
    readonly verb: "acknowledge" | "false";
    readonly said: Omit<AlertJudgement, "at">;
  },
  io: CommandIo,
): Promise<number> {
  const { id, verb, said, json } = options;
  if (said.by.trim() === "") throw new CodedError("USAGE", "--by is empty. Say who judges.");
  const daemon = await findDaemon(options, io);
  // web/api/alerts.ts says what it answers.
  const { alert } = (await daemon.ask(`/api/alerts/${encodeURIComponent(id)}/${verb}`, said)) as {
    readonly alert: Alert;
  };
  io.stdout.write(json ? jsonLine({ alert }) : alertLine(alert));
  return 0;
}
