import { expect, test } from "vitest";
import type { OutgoingMessage } from "../../src/publish/quarantine-entry.ts";
import { createTopicSink } from "../../src/publish/topic.ts";
import { recordLog } from "../runtime/log-lines.ts";
import { exampleAlert, resolved } from "./alerts.ts";

const alert = exampleAlert({ id: "9f2c01d3a4b5", action: "rollback" });
const tick = { now: Date.UTC(2026, 0, 15, 12) };

function sinkThat(send: (topic: string, messages: readonly OutgoingMessage[]) => Promise<void>) {
  const { log, lines } = recordLog();
  const config = { topic: "rollbacks", alerts: "actions" } as const;
  return { sink: createTopicSink({ name: "rollback", config, send, log }), lines };
}

test("a message for each transition, keyed by the alert, under a key of its own for those who take it twice", async () => {
  const sent: [string, OutgoingMessage][] = [];
  const { sink } = sinkThat(async (topic, messages) => {
    sent.push(...messages.map((message): [string, OutgoingMessage] => [topic, message]));
  });
  expect(await sink.deliver([alert], tick)).toBe(0);
  expect(await sink.deliver([resolved(alert)], tick)).toBe(0);
  expect(sent).toEqual(
    [alert, resolved(alert)].map((one) => [
      "rollbacks",
      {
        key: "9f2c01d3a4b5",
        value: JSON.stringify(one),
        headers: {
          "content-type": "application/json",
          "idempotency-key": `9f2c01d3a4b5-${one.state}`,
          alert: "FeatureDrift",
          model: "fraud",
          state: one.state,
          action: "rollback",
        },
      },
    ]),
  );
});

test("a topic that is away is tried again", async () => {
  const { sink } = sinkThat(() => Promise.reject(new Error("no leader")));
  await expect(sink.deliver([alert], tick)).rejects.toThrow("no leader");
});

test("an alert that the topic takes for too long is refused, and said to be", async () => {
  const { sink, lines } = sinkThat(() =>
    Promise.reject(Object.assign(new Error("too large"), { type: "MESSAGE_TOO_LARGE" })),
  );
  expect(await sink.deliver([alert], tick)).toBe(1);
  expect(lines).toMatchObject([{ level: "error", topic: "rollbacks", ids: [alert.id] }]);
});
