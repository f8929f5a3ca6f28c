import type { PublishConfig, ReportConfig } from "../config/config.ts";
import { awakeAt, type Tick } from "../config/tick.ts";
import type { Log } from "../runtime/log.ts";
import type { ShownSink } from "./metrics.ts";
import type { Send } from "./quarantine-topic.ts";
import type { ReportMessage } from "./report-message.ts";
import { createReportSink, type ReportSink } from "./report-sinks.ts";
import { reasonOf, waitAfter } from "./retry.ts";

/** Reports wait here until their webhook or topic has taken them, at least once. A newer one of the same name takes the place of one that waits. */
export interface ReportOutbox {
  /** To be recorded, together with `encode()`, before it is delivered. */
  add(message: ReportMessage): void;
  /** Tries what is due, one call at a time. Never rejects; true if `encode()` has changed. */
  deliver(tick: Tick): Promise<boolean>;
  encode(): Uint8Array;
  /** Takes up what was recorded; undefined: nothing was. */
  restore(recorded: Uint8Array | undefined): void;
  counts(): readonly ShownSink[];
  close(): Promise<void>;
}

/** Of one report. */
interface Lane {
  readonly name: string;
  readonly sink: ReportSink;
  pending: ReportMessage | undefined;
  attempts: number;
  notBefore: number;
  delivered: number;
  failed: number;
  refused: number;
  skipped: number;
}

export function createReportOutbox(options: {
  /** Those that go to files have no place here. */
  readonly reports: readonly ReportConfig[];
  readonly publish: Pick<PublishConfig, "webhook" | "topic">;
  readonly send?: Send;
  readonly log: Log;
}): ReportOutbox {
  const { reports, log } = options;
  const lanes = reports.flatMap((report) => {
    const sink = createReportSink(report, options);
    return sink === undefined ? [] : [createLane(report.name, sink)];
  });
  let delivering: Promise<boolean> | undefined;

  const deliverAll = async (tick: Tick): Promise<boolean> => {
    const changed = await Promise.all(lanes.map((lane) => deliverLane(lane, tick, log)));
    return changed.includes(true);
  };

  return {
    add(message) {
      const lane = lanes.find(({ name }) => name === message.report);
      if (lane === undefined) throw new Error(`report ${message.report} is sent nowhere`);
      if (lane.pending !== undefined) {
        lane.skipped += 1;
        log.error(
          { report: lane.name, lost: lane.pending.id },
          "a report was never taken; a newer one follows",
        );
      }
      lane.pending = message;
      lane.attempts = 0;
      lane.notBefore = 0;
    },
    deliver(tick) {
      delivering ??= deliverAll(tick).finally(() => {
        delivering = undefined;
      });
      return delivering;
    },
    encode: () => new TextEncoder().encode(JSON.stringify(lanes.flatMap(({ pending }) => pending ?? []))),
    restore(recorded) {
      // Written by encode, under the store's checksum.
      const waiting =
        recorded === undefined
          ? []
          : (JSON.parse(new TextDecoder().decode(recorded)) as readonly ReportMessage[]);
      for (const lane of lanes) lane.pending = waiting.find(({ report }) => report === lane.name);
    },
    counts: () =>
      lanes.map(({ name, pending, delivered, failed, refused, skipped }) => {
        const waiting = pending === undefined ? 0 : 1;
        return { sink: `report ${name}`, pending: waiting, delivered, failed, refused, skipped };
      }),
    async close() {
      for (const { sink } of lanes) await sink.close();
    },
  };
}

function createLane(name: string, sink: ReportSink): Lane {
  const counts = { delivered: 0, failed: 0, refused: 0, skipped: 0 };
  return { name, sink, pending: undefined, attempts: 0, notBefore: 0, ...counts };
}

async function deliverLane(lane: Lane, tick: Tick, log: Log): Promise<boolean> {
  const { pending, name } = lane;
  if (pending === undefined || lane.notBefore > awakeAt(tick)) return false;
  try {
    const refusal = await lane.sink.deliver(pending, tick);
    if (refusal === undefined) {
      lane.delivered += 1;
      log.info({ report: name, id: pending.id }, "report sent");
    } else {
      lane.refused += 1;
      log.error({ report: name, id: pending.id, refusal }, "report refused; it is not sent again");
    }
  } catch (error) {
    lane.failed += 1;
    lane.attempts += 1;
    lane.notBefore = awakeAt(tick) + waitAfter(error, lane.attempts);
    const { attempts } = lane;
    log.warn({ report: name, attempts, reason: reasonOf(error) }, "report not delivered; it is kept");
    return false;
  }
  // While the sink was busy a newer one may have come.
  if (lane.pending === pending) lane.pending = undefined;
  lane.attempts = 0;
  return true;
}
