import type { Daemon } from "../e2e/daemon.ts";
import type { PostedAlert } from "./receiver.ts";

/** What was recorded when an alert changed its state, as daemons log it: all of it is event time. */
export interface LoggedTransition {
  readonly id: string;
  readonly state: "firing" | "resolved";
  readonly alert: string;
  readonly version?: string;
  readonly segment?: string;
  readonly column?: string;
  readonly startsAt: string;
  readonly endsAt?: string;
  readonly value?: number;
  readonly n?: number;
}

/** All that these daemons logged of alerts: each at least once. */
export function transitionsIn(daemons: readonly Daemon[]): LoggedTransition[] {
  return daemons.flatMap((daemon) =>
    daemon
      .log()
      .filter((line) => line["alert"] !== undefined && line["id"] !== undefined)
      .map((line) => {
        // publish/log.ts writes them.
        const { id, state, alert, version, segment, column, startsAt, endsAt, value, n } =
          line as unknown as LoggedTransition;
        const keys = { alert, ...present({ version, segment, column }) };
        return { id, state, ...keys, startsAt, ...present({ endsAt, value, n }) };
      }),
  );
}

/** As text, each once, in order: two daemons that judged alike give the same. */
export function distinct(transitions: readonly LoggedTransition[]): string[] {
  return [...new Set(transitions.map((transition) => JSON.stringify(transition)))].toSorted();
}

/** What was recorded twice in different words: one id stands for one firing and one end of it. */
export function contradictions(transitions: readonly LoggedTransition[]): string[] {
  const known = new Map<string, string>();
  const found: string[] = [];
  for (const text of distinct(transitions)) {
    // Written a line above.
    const { id, state } = JSON.parse(text) as LoggedTransition;
    const other = known.get(`${id}/${state}`);
    if (other !== undefined) found.push(`${other} and ${text}`);
    known.set(`${id}/${state}`, text);
  }
  return found;
}

/** The transitions that nobody was told of. */
export function undelivered(
  transitions: readonly LoggedTransition[],
  posted: readonly PostedAlert[],
): string[] {
  return distinct(transitions).filter((text) => {
    const { state, alert, version, segment, column, startsAt, endsAt } = JSON.parse(text) as LoggedTransition;
    const identity = JSON.stringify([alert, version, segment, column, startsAt]);
    return !posted.some(({ labels, ...told }) => {
      const { alertname, version: v, segment: s, column: c } = labels;
      const isSame = JSON.stringify([alertname, v, s, c, told.startsAt]) === identity;
      return isSame && (state === "firing" || told.endsAt === endsAt);
    });
  });
}

function present<T extends object>(fields: T): Partial<T> {
  // Only members without a value are left out.
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Partial<T>;
}
