import type { Episode } from "../replay/episodes.ts";
import type { Cause } from "./cause.ts";
import type { Fault } from "./fault.ts";
import type { Fitness } from "./fitness.ts";
import type { Accounting } from "./monitor.ts";

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
  /** How well the reference can judge what the rules ask. */
  readonly fitness: readonly Fitness[];
  /** Wall time of the run. */
  readonly seconds: number;
}

export interface Finding {
  readonly episode: Episode;
  readonly cause: Cause;
}

export interface FaultOutcome {
  readonly fault: Fault;
  /** The alert that it caused whose event time is the earliest. */
  readonly found: Finding | undefined;
  /** Another one, if it was told before: a silent stream closes no windows, so they are judged when records come again. */
  readonly toldBy?: Finding | undefined;
  /** The run went far enough for it to be found. */
  readonly due: boolean;
}

/** Which faults were found, and by what. `findings` in the order of telling; `reached`: how far the run came, ms since the epoch. */
export function matchFaults(
  faults: readonly Fault[],
  findings: readonly Finding[],
  reached: number,
): FaultOutcome[] {
  return faults.map((fault) => {
    const caused = findings.filter(({ cause }) => cause.fault === fault.name);
    const [first] = caused;
    const [found] = caused.toSorted((a, b) => a.episode.from - b.episode.from);
    return { fault, found, toldBy: first === found ? undefined : first, due: reached >= fault.to };
  });
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
    alerts: findings.map(({ episode }) => episode.resolved ?? episode.alert),
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
