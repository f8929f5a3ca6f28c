import { isBalanced } from "../../event/ledger.ts";
import type { StreamLedger } from "../../event/ledger.ts";
import { DROP_REASONS } from "../../event/reason.ts";
import { isTurnedAway, type RequestCount } from "../../runtime/request-counts.ts";
import type { Server } from "../../runtime/server.ts";

/** Where every record and every row of a stream went; only reasons that occurred are listed. */
interface StreamAccounting {
  readonly records: {
    readonly received: number;
    readonly decoded: number;
    readonly undecodable: number;
    readonly ignored: number;
    readonly oversize: number;
    readonly equation: string;
  };
  readonly rows: {
    readonly received: number;
    readonly measured: number;
    readonly waiting: number;
    readonly dropped: Readonly<Record<string, number>>;
    readonly revised: number;
    readonly equation: string;
    /** Whether the equation holds. Where it does not, driftd has lost count: a bug. */
    readonly balanced: boolean;
  };
}

export interface AccountingSource {
  /** By stream; committed state, so that it says the same after a crash. */
  ledgers(): Readonly<Record<string, StreamLedger>>;
  /** By stream: models that no rule file describes, and the command line that begins with each; of this process, and bounded. */
  unknownModels(): Readonly<Record<string, readonly { readonly model: string; readonly init: string }[]>>;
  /** Why they are not named, by stream; only of streams where some are not. */
  namesWithheld(ledgers: Readonly<Record<string, StreamLedger>>): Readonly<Record<string, string>>;
  /** What became of the requests that came to this process since it began. */
  requests(): readonly RequestCount[];
}

/**
 * `GET /api/accounting`: `{balanced, streams: {NAME: StreamAccounting}, unknownModels: {NAME: [{model, init}]}, namesWithheld: {NAME: why}, turnedAway: {ROUTE: {CODE: count}}}`. What was turned away
 * before it was an event is in no ledger: it is of this process, and begins anew with it.
 */
export function registerAccounting(
  server: Server,
  { ledgers, unknownModels, namesWithheld, requests }: AccountingSource,
): void {
  server.get("/api/accounting", () => {
    const streams: Record<string, StreamAccounting> = {};
    const all = ledgers();
    for (const [stream, ledger] of Object.entries(all)) streams[stream] = accountFor(ledger);
    const balanced = Object.values(streams).every(({ rows }) => rows.balanced);
    return {
      balanced,
      streams,
      unknownModels: unknownModels(),
      namesWithheld: namesWithheld(all),
      turnedAway: turnedAway(requests()),
    };
  });
}

function turnedAway(requests: readonly RequestCount[]): Record<string, Record<string, number>> {
  const byRoute: Record<string, Record<string, number>> = {};
  for (const { route, code, count } of requests) {
    if (isTurnedAway(code)) byRoute[route] = { ...byRoute[route], [code]: count };
  }
  return byRoute;
}

function accountFor(ledger: StreamLedger): StreamAccounting {
  const { decoded, undecodable, ignored, oversize, received, measured, waiting, revised } = ledger;
  const records = decoded + undecodable + ignored + oversize;
  const dropped: Record<string, number> = {};
  for (const reason of DROP_REASONS)
    if (ledger.dropped[reason] !== 0) dropped[reason] = ledger.dropped[reason];
  const balanced = isBalanced(ledger);
  const parts = [
    `${measured} measured`,
    `${waiting} waiting`,
    ...Object.entries(dropped).map(([r, n]) => `${n} ${r}`),
  ];
  return {
    records: {
      received: records,
      decoded,
      undecodable,
      ignored,
      oversize,
      equation: `${records} = ${decoded} decoded + ${undecodable} undecodable + ${ignored} ignored + ${oversize} oversize`,
    },
    rows: {
      received,
      measured,
      waiting,
      dropped,
      revised,
      equation: `${received} ${balanced ? "=" : "≠"} ${parts.join(" + ")}`,
      balanced,
    },
  };
}
