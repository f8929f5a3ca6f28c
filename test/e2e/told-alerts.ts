import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Alert } from "../../src/verdict/alert.ts";
import type { Daemon } from "./daemon.ts";
import { driftdProgram } from "./program.ts";

/** An alert, as far as a daemon and a backtest must say the same of it. */
export interface Told {
  readonly id: string;
  readonly alert: string;
  readonly segment: string | undefined;
  readonly startsAt: string;
  readonly endsAt: string | undefined;
  readonly value: unknown;
  readonly n: unknown;
}

/** What must be the same, of every alert that ended by `until` (ms): which, when, and by what number. */
export function outline(alerts: readonly Told[], until: number): string[] {
  return alerts
    .filter(({ endsAt }) => endsAt !== undefined && Date.parse(endsAt) <= until)
    .map((alert) => JSON.stringify(alert))
    .toSorted();
}

/** The log says of every alert that ended what it was. */
export function toldBy(daemon: Daemon): Told[] {
  return daemon
    .log()
    .filter((line) => line["state"] === "resolved")
    .map((line) => ({
      id: String(line["id"]),
      alert: String(line["alert"]),
      segment: line["segment"] === undefined ? undefined : String(line["segment"]),
      startsAt: String(line["startsAt"]),
      endsAt: String(line["endsAt"]),
      value: line["value"],
      n: line["n"],
    }));
}

/** Runs the program itself: kafkajs behaves otherwise in vitest. */
export async function backtest(directory: string, sources: readonly string[]): Promise<Told[]> {
  const { PATH = "", HOME = "" } = process.env;
  const argv = [await driftdProgram(), "backtest", ...sources, "--json"];
  const { stdout } = await promisify(execFile)(process.execPath, argv, {
    cwd: directory,
    env: { PATH, HOME },
    maxBuffer: 1 << 26,
  });
  // What --json tells (docs/BACKTEST.md).
  const { alerts } = JSON.parse(stdout) as { alerts: readonly Alert[] };
  return alerts.map(({ id, alert, segment, startsAt, endsAt, score }) => {
    return { id, alert, segment, startsAt, endsAt, value: score.value, n: score.n };
  });
}
