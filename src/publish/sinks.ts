import type { PublishConfig } from "../config/config.ts";
import type { Log } from "../runtime/log.ts";
import { createAlertmanagerSink } from "./alertmanager.ts";
import { createLogSink } from "./log.ts";
import type { Sink } from "./sink.ts";

export interface SinkContext {
  readonly config: PublishConfig;
  readonly log: Log;
}

/** Every kind of sink, and when the configuration asks for it. A new sink is one file and one line here. */
const SINKS: readonly ((context: SinkContext) => Sink | undefined)[] = [
  ({ log }) => createLogSink({ log }),
  ({ config: { alertmanager }, log }) =>
    alertmanager === undefined ? undefined : createAlertmanagerSink({ config: alertmanager, log }),
];

export function createSinks(context: SinkContext): Sink[] {
  return SINKS.map((create) => create(context)).filter((sink) => sink !== undefined);
}
