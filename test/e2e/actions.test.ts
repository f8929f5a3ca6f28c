import { createHmac } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { runCommand } from "../commands/command-io.ts";
import { faultsOfAlert } from "../publish/alert-schema.ts";
import { startReceiver, type Received } from "../publish/receiver.ts";
import { kafkaMissing, sharedKafka, uniqueName } from "../services/kafka.ts";
import { prometheusMissing, startPrometheus, type HttpService } from "../services/prometheus.ts";
import { describeService } from "../services/service.ts";
import { eventually, startDaemon } from "./daemon.ts";
import { scoredEvents } from "./events.ts";
import { kafkaSection, writeProject } from "./project.ts";
import { consume, createTopic, produce, recordsOf } from "./topic.ts";

const MINUTE = 60_000;
/** Events a minute. */
const RATE = 300;
const SECRET = "a secret of both sides";

const RULES = {
  rules: [
    {
      alert: "FeatureDrift",
      measure: "psi",
      columns: ["amount"],
      keepFiringFor: "1m",
      severity: "page",
      action: "rollback",
      alertLabels: { team: "risk" },
      annotations: { runbook: "https://wiki.example/{{ drift }}" },
    },
    { alert: "SchemaBroken", measure: "invalid", above: 0.01 },
  ],
};

/** Ten minutes as they should be, and eight that are not. */
function driftFrom(begin: number): ReturnType<typeof scoredEvents> {
  const shifted = begin + 10 * MINUTE;
  return [
    ...scoredEvents({ count: 10 * RATE, from: begin, to: shifted, seed: 3 }),
    ...scoredEvents({ count: 8 * RATE, from: shifted, to: shifted + 8 * MINUTE, shift: 30, seed: 4 }),
  ];
}

/** The twelve minutes after them, as they should be. */
function calmAfter(begin: number): ReturnType<typeof scoredEvents> {
  const from = begin + 18 * MINUTE;
  return scoredEvents({ count: 12 * RATE, from, to: from + 12 * MINUTE, seed: 5 });
}

/** Recent enough to be told. */
function startOfStream(): number {
  return Math.floor(Date.now() / MINUTE) * MINUTE - 45 * MINUTE;
}

async function send(url: string, events: ReturnType<typeof scoredEvents>): Promise<void> {
  const body = events.map((event) => `${JSON.stringify({ ...event, model: "scoring" })}\n`).join("");
  const response = await fetch(`${url}/v1/events`, { method: "POST", body });
  expect(await response.json()).toEqual({ accepted: events.length });
}

interface PrometheusAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly state: string;
}

async function alertsIn(prometheus: HttpService): Promise<PrometheusAlert[]> {
  const response = await fetch(`${prometheus.url}/api/v1/alerts`);
  // Prometheus' documented answer.
  const { data } = (await response.json()) as { data: { alerts: PrometheusAlert[] } };
  return data.alerts.filter(({ state }) => state === "firing");
}

function isSigned({ headers, body }: Received): boolean {
  const signed = `${headers["webhook-id"]?.toString()}.${headers["webhook-timestamp"]?.toString()}.${body}`;
  const digest = createHmac("sha256", SECRET).update(signed).digest("base64");
  return headers["webhook-signature"] === `v1,${digest}`;
}

describeService("generated rules in a real Prometheus", prometheusMissing, () => {
  test("a drift fires and ends as driftd says, and a daemon that is killed is missed", async () => {
    const { directory } = await writeProject({
      config: {
        streams: { scored: { role: "inference", http: true } },
        publish: { webhook: { rollback: { url: "http://127.0.0.1:1" } } },
      },
      rules: RULES,
    });
    const written = await runCommand(["rules", "prometheus", "--output", "rules.yml"], { cwd: directory });
    expect(written).toMatchObject({ status: 0, err: "" });
    const rules = readFileSync(join(directory, "rules.yml"), "utf8");
    const daemon = await startDaemon(directory);
    const url = String((await daemon.said("listening"))["url"]);
    const prometheus = await startPrometheus({
      config: `
global: { scrape_interval: 200ms, evaluation_interval: 200ms }
rule_files: [rules.yml]
scrape_configs: [{ job_name: driftd, static_configs: [{ targets: ["${url.slice("http://".length)}"] }] }]
`,
      // Minutes are for real outages.
      files: { "rules.yml": rules.replaceAll(/for: \d+[mh]/g, "for: 0s") },
    });
    onTestFinished(() => prometheus.stop());

    const begin = startOfStream();
    await send(url, driftFrom(begin));
    const [fired] = await eventually("the alert in Prometheus", async () => {
      const alerts = (await alertsIn(prometheus)).filter(({ labels }) => labels["alert"] === "FeatureDrift");
      return alerts.length > 0 ? alerts : undefined;
    });
    expect(fired?.labels).toEqual({
      alertname: "FeatureDrift",
      alert: "FeatureDrift",
      model: "scoring",
      version: "v1",
      column: "amount",
      severity: "page",
      team: "risk",
      job: "driftd",
    });
    expect(fired?.annotations).toMatchObject({
      summary: "FeatureDrift scoring/amount v1: psi is beyond its limit",
      description: expect.stringMatching(
        /^psi was [\d.]+ as the alert began, of n=\d+; the limit is 0\.02\. What moved most: .+ \(\d/,
      ),
      threshold: "0.02",
      action: "rollback",
      runbook: "https://wiki.example/{{ drift }}",
      explanation: `${url}/api/alerts?state=firing&model=scoring`,
    });
    const api = await fetch(fired?.annotations["explanation"] ?? "");
    expect(await api.json()).toMatchObject({ alerts: [{ alert: "FeatureDrift", action: "rollback" }] });

    await send(url, calmAfter(begin));
    await eventually("the end of the alert in Prometheus", async () => {
      const names = (await alertsIn(prometheus)).map(({ labels }) => labels["alertname"]);
      return names.includes("FeatureDrift") ? undefined : true;
    });
    await daemon.end("SIGKILL");
    await eventually("the alert that nobody answers", async () => {
      const names = (await alertsIn(prometheus)).map(({ labels }) => labels["alertname"]);
      return names.join() === "DriftdGone" ? true : undefined;
    });
  });
});

test("a webhook is called until it answers, and hears of the end", async () => {
  const receiver = await startReceiver();
  receiver.reply = { status: 503 };
  const { directory } = await writeProject({
    config: {
      streams: { scored: { role: "inference", http: true } },
      publish: { webhook: { rollback: { url: receiver.url, secretFile: "secret" } } },
    },
    rules: RULES,
  });
  writeFileSync(join(directory, "secret"), `${SECRET}\n`);
  const daemon = await startDaemon(directory);
  const url = String((await daemon.said("listening"))["url"]);
  const begin = startOfStream();
  await send(url, driftFrom(begin));
  await eventually("a call", async () => (receiver.received.length > 0 ? true : undefined));
  receiver.reply = { status: 204 };
  await daemon.shows('driftd_sink_deliveries_total{sink="webhook rollback",result="delivered"} 1');
  const calls = receiver.received.length;
  expect(calls).toBeGreaterThan(1);
  await send(url, calmAfter(begin));
  const end = await eventually("the end of the alert at the webhook", async () =>
    receiver.received.length > calls ? receiver.received.at(-1) : undefined,
  );
  const told = receiver.received.map(({ body }) => JSON.parse(body) as Record<string, unknown>);
  expect(receiver.received.filter((call) => !isSigned(call))).toEqual([]);
  expect(told.flatMap(faultsOfAlert)).toEqual([]);
  expect(new Set(told.map(({ id }) => id)).size).toBe(1);
  expect(told[0]).toMatchObject({
    state: "firing",
    action: "rollback",
    evidence: { movement: { direction: "up" } },
  });
  expect(end?.headers["idempotency-key"]).toBe(`${String(told[0]?.["id"])}-resolved`);
  expect((await daemon.end()).code).toBe(0);
});

describeService("alerts in a topic", kafkaMissing, () => {
  test("an alert and its end are messages of one key, those of the rule's action and those of all", async () => {
    const brokers = await sharedKafka();
    const topic = await createTopic(brokers);
    const rollbacks = await createTopic(brokers, { partitions: 3 });
    const feed = await createTopic(brokers);
    const { directory } = await writeProject({
      config: {
        kafka: kafkaSection(brokers, uniqueName("driftd")),
        streams: { scored: { role: "inference", topic, from: "earliest" } },
        publish: { topic: { rollback: { topic: rollbacks }, feed: { topic: feed, alerts: "all" } } },
      },
      rules: RULES,
    });
    const begin = startOfStream();
    await produce(brokers, topic, recordsOf([...driftFrom(begin), ...calmAfter(begin)]));
    const daemon = await startDaemon(directory);
    const messages = await consume(brokers, rollbacks, ({ length }) => length >= 2);
    const told = messages.map(({ value }) => JSON.parse(String(value)) as Record<string, unknown>);
    const [id] = messages.map(({ key }) => String(key));
    expect(told).toMatchObject([
      { alert: "FeatureDrift", state: "firing", action: "rollback", id },
      { alert: "FeatureDrift", state: "resolved", action: "rollback", id },
    ]);
    expect(told.flatMap(faultsOfAlert)).toEqual([]);
    expect(messages.map(({ headers }) => String(headers?.["idempotency-key"]))).toEqual(
      told.map(({ id, state }) => `${String(id)}-${String(state)}`),
    );
    const all = await consume(brokers, feed, ({ length }) => length >= 2);
    expect(all.map(({ value }) => JSON.parse(String(value)) as unknown)).toEqual(told);
    await daemon.shows('driftd_sink_deliveries_total{sink="topic rollback",result="delivered"} 2');
    expect((await daemon.end()).code).toBe(0);
  });
});
