import { fileURLToPath } from "node:url";
import type { StreamConfig } from "../../config/config.ts";
import { completeStream } from "../../config/streams-section.ts";
import type { Model } from "../../rules/model.ts";
import type { Alert } from "../../verdict/alert.ts";
import type { Slice } from "./events.ts";
import type { Fitness } from "./fitness.ts";
import { FLIGHTS_STREAM, OUTCOMES_STREAM } from "./events.ts";

/** The daemon, as the demo sees it: the same engine and publishers, fed by hand on a simulated wall clock. */
export interface Monitor {
  readonly model: Model;
  /** Series that share the budget for false alarms. */
  readonly budgetedSeries: number;
  /** How well the reference can judge what the rules ask. */
  readonly fitness: readonly Fitness[];
  /** Where the metrics are, if they are served. */
  readonly metricsUrl?: string | undefined;
  /**
   * Counts the slice, moves the wall clock to its end, judges the panes that closed. Resolves, once the slice's buffers
   * may be used again, to the transitions that were recorded, in order.
   */
  feed(slice: Slice): Promise<readonly Alert[]>;
  /** The streams have ended: judges what is left. */
  end(): Promise<readonly Alert[]>;
  accounting(): Accounting;
  close(): Promise<void>;
}

/** Rows: received = measured + waiting + sum(dropped). */
export interface Accounting {
  readonly received: number;
  readonly measured: number;
  readonly waiting: number;
  readonly dropped: Readonly<Record<string, number>>;
}

export interface MonitorStart {
  /** Path of the rule file. */
  readonly rules: string;
  readonly streams: readonly StreamConfig[];
  /** What the reference is to be built from: stream `flights` only, each event with its `truth`. Read twice. */
  readonly january: () => AsyncIterable<Slice>;
  readonly signal: AbortSignal;
}

export type StartMonitor = (start: MonitorStart) => Promise<Monitor>;

export const DEMO_RULES = fileURLToPath(new URL("../../../rules/demo/flight-delay.yaml", import.meta.url));

/** The streams as driftd.yaml would have them, were they in Kafka. */
export function demoStreams(): readonly StreamConfig[] {
  return [
    completeStream(
      FLIGHTS_STREAM,
      { role: "inference", topic: FLIGHTS_STREAM, format: "native", idleAfter: "3h" },
      (path) => path,
    ),
    completeStream(
      OUTCOMES_STREAM,
      { role: "labels", of: FLIGHTS_STREAM, topic: OUTCOMES_STREAM, format: "native", idleAfter: "3h" },
      (path) => path,
    ),
  ];
}
