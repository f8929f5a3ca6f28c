import { describe, expect, test } from "vitest";
import { alertmanagerMissing, startAlertmanager } from "./alertmanager.ts";
import { kafkaClient, kafkaMissing, sharedKafka } from "./kafka.ts";
import { prometheusMissing, startPrometheus } from "./prometheus.ts";
import { describeService, findProgram } from "./service.ts";

describe("findProgram", () => {
  test("finds what is on the PATH, and nothing else", () => {
    expect(findProgram("no-such-program", "node")).toMatch(/\/node$/);
    expect(findProgram("no-such-program")).toBeUndefined();
  });
});

describeService("Kafka for tests", kafkaMissing, () => {
  test("the shared broker answers, and is started once", async () => {
    const [first, second] = await Promise.all([sharedKafka(), sharedKafka()]);
    expect(second).toEqual(first);
    const admin = kafkaClient(first).admin();
    await admin.connect();
    expect((await admin.describeCluster()).brokers).toHaveLength(first.length);
    await admin.disconnect();
  });
});

describeService("Prometheus for tests", prometheusMissing, () => {
  test("scrapes itself", async () => {
    const prometheus = await startPrometheus({ config: "global: { scrape_interval: 1s }\n" });
    const response = await fetch(`${prometheus.url}/api/v1/status/config`);
    expect(await response.json()).toMatchObject({ status: "success" });
    await prometheus.stop();
    await expect(fetch(`${prometheus.url}/-/ready`)).rejects.toThrow("fetch failed");
  });
});

describeService("Alertmanager for tests", alertmanagerMissing, () => {
  test("has no alerts", async () => {
    const alertmanager = await startAlertmanager({
      config: "route: { receiver: none }\nreceivers: [{ name: none }]\n",
    });
    const response = await fetch(`${alertmanager.url}/api/v2/alerts`);
    expect(await response.json()).toEqual([]);
    await alertmanager.stop();
  });
});
