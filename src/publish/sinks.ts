import type { PublishConfig } from "../config/config.ts";
import type { Log } from "../runtime/log.ts";
import { createAlertmanagerSink } from "./alertmanager.ts";
import { createLogSink } from "./log.ts";
import type { Send } from "./quarantine-topic.ts";
import type { Sink } from "./sink.ts";
import { createTopicSink } from "./topic.ts";
import { createWebhookSink } from "./webhook.ts";

export interface SinkContext {
  readonly config: PublishConfig;
  /** Where the configuration names a topic. */
  readonly send?: Send;
  readonly log: Log;
}

/** Every kind of sink, and those of it that the configuration asks for. A new kind is one file and one line here. */
const SINKS: readonly ((context: SinkContext) => readonly Sink[])[] = [
  ({ log }) => [createLogSink({ log })],
  ({ config: { alertmanager }, log }) =>
    alertmanager === undefined ? [] : [createAlertmanagerSink({ config: alertmanager, log })],
  ({ config: { webhook = {} }, log }) =>
    Object.entries(webhook).map(([name, config]) => createWebhookSink({ name, config, log })),
  ({ config: { topic = {} }, send, log }) =>
    Object.entries(topic).map(([name, config]) => {
      if (send === undefined) throw new Error("alerts go to a topic, and nothing sends there");
      return createTopicSink({ name, config, send, log });
    }),
];

export function createSinks(context: SinkContext): Sink[] {
  return SINKS.flatMap((create) => create(context));
}
