import { execFileSync } from "node:child_process";
import { expect, onTestFinished, test } from "vitest";
import { alertmanagerMissing, startAlertmanager } from "../services/alertmanager.ts";
import { kafkaMissing, sharedKafka, uniqueName } from "../services/kafka.ts";
import { prometheusMissing, startPrometheus, type HttpService } from "../services/prometheus.ts";
import { describeService, findProgram } from "../services/service.ts";
import { eventually, startDaemon } from "./daemon.ts";
import { scoredEvents } from "./events.ts";
import { kafkaSection, writeProject } from "./project.ts";
import { createTopic, membersOf, produce, recordsOf } from "./topic.ts";

const MINUTE = 60_000;
/** Events a minute. */
const RATE = 300;
const PARTITIONS = 2;

interface StreamPart {
  readonly from: number;
  readonly minutes: number;
  readonly shift?: number;
}

/** Events of some minutes, each part with draws of its own. */
function minutesOf({ from, minutes, shift = 0 }: StreamPart): ReturnType<typeof recordsOf> {
  const span = { count: minutes * RATE, from, to: from + minutes * MINUTE };
  return recordsOf(scoredEvents({ ...span, shift, seed: from / MINUTE }));
}

/** Recent enough to be pushed, and old enough that all of it can be written at once. */
function startOfStream(): number {
  return Math.floor(Date.now() / MINUTE) * MINUTE - 45 * MINUTE;
}

async function query(prometheus: HttpService, expression: string): Promise<string[]> {
  const response = await fetch(`${prometheus.url}/api/v1/query?query=${encodeURIComponent(expression)}`);
  // Prometheus' documented answer to an instant query.
  const { data } = (await response.json()) as { data: { result: { value: [number, string] }[] } };
  return data.result.map(({ value }) => value[1]);
}

interface AlertmanagerAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly startsAt: string;
  readonly status: { readonly state: string };
}

async function alertsIn(alertmanager: HttpService): Promise<AlertmanagerAlert[]> {
  const response = await fetch(`${alertmanager.url}/api/v2/alerts`);
  return (await response.json()) as AlertmanagerAlert[];
}

const missing = kafkaMissing ?? alertmanagerMissing ?? prometheusMissing;

describeService("alerts of a running daemon", missing, () => {
  test("a drift fires in Alertmanager and Prometheus, and resolves when the stream is well again", async () => {
    const brokers = await sharedKafka();
    const topic = await createTopic(brokers, { partitions: PARTITIONS });
    const alertmanager = await startAlertmanager({
      config: "route: { receiver: none, group_wait: 0s }\nreceivers: [{ name: none }]\n",
    });
    onTestFinished(() => alertmanager.stop());
    const { directory } = await writeProject({
      config: {
        kafka: kafkaSection(brokers, uniqueName("driftd")),
        streams: { scored: { role: "inference", topic, from: "earliest" } },
        publish: { alertmanager: { urls: [alertmanager.url] } },
      },
    });
    const begin = startOfStream();
    await produce(brokers, topic, minutesOf({ from: begin, minutes: 10 }), PARTITIONS);
    await produce(
      brokers,
      topic,
      minutesOf({ from: begin + 10 * MINUTE, minutes: 8, shift: 30 }),
      PARTITIONS,
    );

    const daemon = await startDaemon(directory);
    const { url } = await daemon.said("listening");
    const prometheus = await startPrometheus({
      config: `
global: { scrape_interval: 200ms }
scrape_configs: [{ job_name: driftd, static_configs: [{ targets: ["${String(url).slice("http://".length)}"] }] }]
`,
    });
    onTestFinished(() => prometheus.stop());
    const [fired] = await eventually("the alert in Alertmanager", async () => {
      const alerts = await alertsIn(alertmanager);
      return alerts.length > 0 ? alerts : undefined;
    });
    expect(fired).toMatchObject({
      labels: { alertname: "FeatureDrift", model: "scoring", version: "v1", column: "amount", team: "risk" },
      annotations: { budget: "promised", summary: expect.stringContaining("scoring/amount v1") },
      status: { state: "active" },
    });
    const startsAt = Date.parse(fired?.startsAt ?? "");
    expect(startsAt).toBeGreaterThan(begin + 10 * MINUTE);
    expect(startsAt).toBeLessThanOrEqual(begin + 13 * MINUTE);
    await eventually("a scrape", async () => {
      const [up] = await query(prometheus, 'up{job="driftd"}');
      const [firing] = await query(prometheus, 'driftd_alert_firing{alert="FeatureDrift",column="amount"}');
      return up === "1" && firing === "1" ? true : undefined;
    });
    const promtool = findProgram("promtool") ?? "promtool";
    const metrics = await daemon.text("/metrics");
    expect(execFileSync(promtool, ["check", "metrics"], { input: metrics, encoding: "utf8" })).toBe("");

    await produce(brokers, topic, minutesOf({ from: begin + 18 * MINUTE, minutes: 12 }), PARTITIONS);
    await eventually("the end of the alert in Alertmanager", async () =>
      (await alertsIn(alertmanager)).length === 0 ? true : undefined,
    );
    await eventually("the end of the alert in Prometheus", async () =>
      (await query(prometheus, "driftd_alert_firing == 1")).length === 0 ? true : undefined,
    );
    expect(await daemon.alerts()).toEqual([]);
    expect((await daemon.end()).code).toBe(0);
    const transitions = daemon.log().filter((line) => line["alert"] !== undefined);
    expect(transitions.map(({ alert, column, state }) => [alert, column, state])).toEqual([
      ["FeatureDrift", "amount", "firing"],
      ["FeatureDrift", "amount", "resolved"],
    ]);
  });

  test("a restarted daemon goes on where it was: nothing twice, and the alert keeps its start", async () => {
    const brokers = await sharedKafka();
    const topic = await createTopic(brokers, { partitions: PARTITIONS });
    const group = uniqueName("driftd");
    const { directory } = await writeProject({
      config: {
        kafka: kafkaSection(brokers, group),
        streams: { scored: { role: "inference", topic, from: "earliest" } },
      },
    });
    const begin = startOfStream();
    const before = [
      ...minutesOf({ from: begin, minutes: 10 }),
      ...minutesOf({ from: begin + 10 * MINUTE, minutes: 8, shift: 30 }),
    ];
    await produce(brokers, topic, before, PARTITIONS);

    const first = await startDaemon(directory);
    await first.accounted("scored", ({ rows }) => rows.measured === before.length);
    const [fired] = await eventually("the alert", async () => {
      const alerts = await first.alerts();
      return alerts.length > 0 ? alerts : undefined;
    });
    const exit = await first.end();
    expect(exit).toMatchObject({ code: 0, signal: null });
    expect(exit.milliseconds).toBeLessThan(10_000);
    // It has left: nobody waits for a session to time out.
    expect(await membersOf(brokers, group)).toBe(0);

    const second = await startDaemon(directory);
    await second.said("reading");
    expect(await second.alerts()).toEqual([fired]);
    const after = minutesOf({ from: begin + 18 * MINUTE, minutes: 2, shift: 30 });
    await produce(brokers, topic, after, PARTITIONS);
    const total = before.length + after.length;
    const { records, rows } = await second.accounted("scored", (all) => all.rows.measured >= total);
    expect([records.received, rows.received, rows.measured]).toEqual([total, total, total]);
    expect(await second.alerts()).toMatchObject([{ startsAt: fired?.startsAt }]);
    expect(second.log().filter((line) => line["alert"] !== undefined)).toEqual([]);
    expect((await second.end()).code).toBe(0);
  });

  test("a stream that falls silent fires by the clock, and resolves when it speaks again", async () => {
    const brokers = await sharedKafka();
    const topic = await createTopic(brokers);
    const { directory } = await writeProject({
      config: {
        kafka: kafkaSection(brokers, uniqueName("driftd")),
        streams: { scored: { role: "inference", topic, from: "earliest" } },
      },
      rules: {
        rules: [{ alert: "StreamSilent", measure: "freshness", above: "10m", keepFiringFor: "1s" }],
      },
    });
    await produce(brokers, topic, minutesOf({ from: Date.now() - 20 * MINUTE, minutes: 1 }));
    const daemon = await startDaemon(directory);
    const firing = await eventually("the alert", async () => {
      const alerts = await daemon.alerts();
      return alerts.length > 0 ? alerts : undefined;
    });
    expect(firing).toMatchObject([{ alert: "StreamSilent", state: "firing" }]);
    await produce(brokers, topic, minutesOf({ from: Date.now() - MINUTE, minutes: 1 }));
    await eventually("its end", async () => ((await daemon.alerts()).length === 0 ? true : undefined));
    expect((await daemon.end()).code).toBe(0);
  });
});
