import { setTimeout as sleep } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { startReceiver } from "../crash/receiver.ts";
import { kafkaMissing, sharedKafka, uniqueName } from "../services/kafka.ts";
import { describeService } from "../services/service.ts";
import { eventually, startDaemon } from "./daemon.ts";
import { scoredEvents } from "./events.ts";
import { kafkaSection, writeProject } from "./project.ts";
import { createTopic, produce, recordsOf } from "./topic.ts";

const MINUTE = 60_000;
const BEGIN = Date.parse("2026-03-01T00:00:00Z");

describeService("a model that predicts no more", kafkaMissing, () => {
  test("has its last cohorts judged, though nothing comes that would move event time past their end; history calls nobody", async () => {
    const receiver = await startReceiver();
    onTestFinished(() => receiver.stop());
    const brokers = await sharedKafka();
    const topic = await createTopic(brokers);
    const labels = await createTopic(brokers, { name: uniqueName("charged") });
    const { directory } = await writeProject({
      config: {
        kafka: kafkaSection(brokers, uniqueName("driftd")),
        publish: { alertmanager: { urls: [receiver.url] } },
        streams: {
          scored: { role: "inference", topic, from: "earliest", idleAfter: "3s" },
          charged: { role: "labels", of: "scored", topic: labels, from: "earliest", idleAfter: "3s" },
        },
      },
      rules: {
        labels: { cohort: "10m", matureAfter: "5m", expireAfter: "2h" },
        rules: [{ alert: "Inaccurate", measure: "accuracy", below: 0.9, keepFiringFor: "0s" }],
      },
    });
    const events = scoredEvents({ count: 2_000, from: BEGIN, to: BEGIN + 18 * MINUTE });
    await produce(brokers, topic, recordsOf(events));
    // Right in the first ten minutes, wrong in the eight that follow.
    const told = events.map(({ id, time, prediction }) => {
      const isRight = time < BEGIN + 10 * MINUTE;
      const truth = prediction.score >= 0.5 === isRight;
      return { value: JSON.stringify({ id, time: time + MINUTE, truth }), timestamp: time + MINUTE };
    });
    await produce(brokers, labels, told);
    const daemon = await startDaemon(directory);
    await daemon.accounted("charged", ({ rows }) => rows.measured === events.length);
    const [alert] = await eventually("the alert of the last cohort", async () => {
      const alerts = await daemon.alerts();
      return alerts.length > 0 ? alerts : undefined;
    });
    expect(alert).toMatchObject({ alert: "Inaccurate", score: { value: 0, n: expect.any(Number) } });
    // What fires is told again every 15 s; all of this could have been known long ago.
    await sleep(16_000);
    expect(receiver.posted).toEqual([]);
    expect((await daemon.end()).code).toBe(0);
  });
});
