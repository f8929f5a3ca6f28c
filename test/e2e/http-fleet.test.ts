import { expect, onTestFinished, test } from "vitest";
import { kafkaMissing, sharedKafka, uniqueName } from "../services/kafka.ts";
import { redisMissing, startRedis } from "../services/redis.ts";
import { describeService } from "../services/service.ts";
import { eventually, startDaemon, type Daemon } from "./daemon.ts";
import { scoredEvents } from "./events.ts";
import { kafkaSection, LABEL_SPANS, writeProject } from "./project.ts";
import { createTopic } from "./topic.ts";

describeService("the door of a fleet", kafkaMissing ?? redisMissing, () => {
  test("is every member, also one that stands by, and while another is taken over from", async () => {
    const brokers = await sharedKafka();
    const redis = await startRedis();
    onTestFinished(() => redis.stop());
    const [scored, charged] = await Promise.all([createTopic(brokers), createTopic(brokers)]);
    const { directory } = await writeProject({
      config: {
        kafka: kafkaSection(brokers, uniqueName("fleet")),
        state: { store: "redis", url: redis.url },
        streams: {
          scored: { role: "inference", http: true, topic: scored, from: "earliest" },
          charged: { role: "labels", of: "scored", http: true, topic: charged, from: "earliest" },
        },
      },
      rules: {
        window: { size: "5m", pane: "1m", lateness: "2m" },
        labels: LABEL_SPANS,
        rules: [{ alert: "SchemaBroken", measure: "invalid", above: 0.01 }],
      },
    });
    const first = await startDaemon(directory);
    await first.said("reading");
    const second = await startDaemon(directory);
    // Which of them gets the only task is their names' to say.
    const [owner, other] = await eventually("one that reads, and one that stands by", async () => {
      for (const [one, another] of [
        [first, second],
        [second, first],
      ] as const) {
        const [line] = await one.metric("driftd_tasks_assigned");
        const standsBy = another
          .log()
          .some(({ msg }) => msg === "standing by: other members read everything");
        if (line?.endsWith(" 1") === true && standsBy) return [one, another] as const;
      }
      return undefined;
    });
    await other.shows('driftd_tasks_assigned{group="scored"} 0');

    const now = Date.now();
    const events = scoredEvents({ count: 400, from: now - 60_000, to: now });
    const post = async (daemon: Daemon, path: string, items: readonly object[]): Promise<number> => {
      const { url } = await daemon.said("listening");
      const body = JSON.stringify(items.map((item) => ({ ...item, model: "scoring" })));
      const response = await fetch(`${String(url)}${path}`, { method: "POST", body });
      expect(await response.json()).toEqual({ accepted: items.length });
      return response.status;
    };
    const labels = events.map(({ id }) => ({ id, time: now, truth: true }));
    expect(await post(owner, "/v1/events", events.slice(0, 100))).toBe(200);
    expect(await post(other, "/v1/events", events.slice(100, 200))).toBe(200);
    expect(await post(other, "/v1/labels", labels.slice(0, 150))).toBe(200);
    await owner.accounted("scored", ({ rows }) => rows.measured === 200);
    await owner.accounted("charged", ({ rows }) => rows.measured === 150);

    await owner.end("SIGKILL");
    // Nobody reads for as long as a member may be silent; the door is open all the while.
    expect(await post(other, "/v1/events", events.slice(200))).toBe(200);
    expect(await post(other, "/v1/labels", labels.slice(150))).toBe(200);
    const { rows } = await other.accounted("scored", (found) => found.rows.measured === 400);
    expect(rows).toMatchObject({ received: 400, balanced: true, dropped: {} });
    const told = await other.accounted("charged", (found) => found.rows.measured === 400);
    expect(told.rows).toMatchObject({ received: 400, waiting: 0, balanced: true });
    await other.shows('driftd_tasks_assigned{group="scored"} 1');
    expect(JSON.parse(await other.text("/healthz"))).not.toHaveProperty("standingBy");
    expect((await other.end()).code).toBe(0);
  });
});
