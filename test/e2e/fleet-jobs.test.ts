import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { readReference } from "../../src/reference/reference-file.ts";
import type { ShownReference } from "../../src/web/api/references.ts";
import { runCommand } from "../commands/command-io.ts";
import { faultsOfReport } from "../publish/report-schema.ts";
import { kafkaMissing, sharedKafka, uniqueName } from "../services/kafka.ts";
import { redisMissing, startRedis } from "../services/redis.ts";
import { describeService } from "../services/service.ts";
import { eventually, startDaemon, type Daemon } from "./daemon.ts";
import { scoredEvents } from "./events.ts";
import { kafkaSection, sharedReference, writeProject } from "./project.ts";
import { consume, createTopic, produce, recordsOf } from "./topic.ts";

const PARTITIONS = 2;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const EVERY_MINUTE = "* * * * *";

interface SentReport {
  readonly key: string | undefined;
  readonly idempotencyKey: string;
  readonly report: {
    readonly at: string;
    readonly text: string;
    readonly models: readonly { readonly alerts: readonly { readonly alert: string }[] }[];
  };
}

async function refreshOf(daemon: Daemon): Promise<ShownReference["refresh"]> {
  // web/api/references.ts says what it answers.
  const shown = JSON.parse(await daemon.text("/api/references")) as { references: ShownReference[] };
  return shown.references[0]?.refresh;
}

async function leads(daemon: Daemon): Promise<boolean> {
  return (await daemon.metric("driftd_leads")).some((line) => line.endsWith(" 1"));
}

describeService("what a fleet does by the clock", kafkaMissing ?? redisMissing, () => {
  test("reports to a topic, and candidates for references, are made by the member that judges, and by the next", async () => {
    const redis = await startRedis([]);
    onTestFinished(() => redis.stop());
    const brokers = await sharedKafka();
    const topic = await createTopic(brokers, { partitions: PARTITIONS });
    const reports = await createTopic(brokers, { name: uniqueName("reports") });
    const { directory } = await writeProject({
      config: {
        kafka: kafkaSection(brokers, uniqueName("clocks")),
        streams: { scored: { role: "inference", topic, from: "earliest", idleAfter: "1h" } },
        state: { store: "redis", url: redis.url, prefix: uniqueName("clocks") },
        publish: { topic: { feed: { topic: reports } } },
        reports: [{ name: "minutely", schedule: EVERY_MINUTE, last: "2h", topic: "feed" }],
      },
      rules: {
        references: {
          default: { file: await sharedReference(), refresh: { schedule: EVERY_MINUTE, last: "3h" } },
        },
      },
    });
    const begin = Math.floor(Date.now() / MINUTE) * MINUTE - 5 * HOUR;
    const shifted = begin + 4 * HOUR;
    const events = [
      ...scoredEvents({ count: 24_000, from: begin, to: shifted, seed: 5 }),
      ...scoredEvents({ count: 2_000, from: shifted, to: shifted + 20 * MINUTE, shift: 30, seed: 6 }),
    ];
    await produce(brokers, topic, recordsOf(events), PARTITIONS);
    const members = [await startDaemon(directory), await startDaemon(directory)] as const;
    const leader = await eventually("an alert of the member that judges", async () => {
      const alerts = await Promise.all(members.map((member) => member.alerts()));
      const at = alerts.findIndex(({ length }) => length > 0);
      return at < 0 ? undefined : at;
    });
    const first = members[leader === 0 ? 0 : 1];
    const second = members[leader === 0 ? 1 : 0];

    const sent = async (enough: (reports: readonly SentReport[]) => boolean): Promise<SentReport[]> => {
      const read = (messages: Awaited<ReturnType<typeof consume>>): SentReport[] =>
        messages.map(({ key, value, headers }) => ({
          key: key?.toString(),
          idempotencyKey: String(headers?.["idempotency-key"]),
          // schemas/report.json says what it is.
          report: JSON.parse(String(value)) as SentReport["report"],
        }));
      return read(await consume(brokers, reports, (messages) => enough(read(messages))));
    };
    const tells = ({ report }: SentReport): boolean => report.models.some(({ alerts }) => alerts.length > 0);
    const told = await sent((all) => all.some(tells));
    const { key, idempotencyKey, report } = told.find(tells) ?? {};
    expect(key).toBe("minutely");
    expect(idempotencyKey).toBe(`report-minutely-${report?.at.slice(0, 16)}Z`);
    const { text, ...data } = report ?? {};
    expect(faultsOfReport(data)).toEqual([]);
    expect(text).toMatch(/^# minutely: 1 of 1 model fires\n/);
    expect(report?.models[0]?.alerts).toMatchObject([{ alert: "FeatureDrift" }]);
    // Both have met the minute, and one has told of it.
    expect(new Set(told.map((one) => one.idempotencyKey)).size).toBe(told.length);

    const exported = async (daemon: Daemon, name: string): Promise<string> => {
      const url = String((await daemon.said("listening"))["url"]);
      const file = join(directory, name);
      const argv = ["reference", "export", "scoring", "--candidate", "--output", file, "--url", url];
      const { status, out } = await runCommand(argv, { cwd: directory });
      expect(status).toBe(0);
      expect(out).toContain("FeatureDrift");
      return readReference(readFileSync(file), file).id;
    };
    const candidate = await eventually("a candidate that knows of the alert", async () => {
      const found = await refreshOf(first);
      return found?.state === "ready" && found.alerts.length > 0 ? found : undefined;
    });
    expect(candidate.alerts).toMatchObject([{ alert: "FeatureDrift" }]);
    expect(await exported(second, "second.arrow")).toBe(await exported(first, "first.arrow"));

    await first.end("SIGKILL");
    await eventually("the other member to lead", async () => (await leads(second)) || undefined);
    const since = new Date().toISOString();
    await sent((all) => all.some((one) => one.report.at > since && tells(one)));
    const renewed = await eventually("a newer candidate", async () => {
      const found = await refreshOf(second);
      return found !== undefined && found.at > since ? found : undefined;
    });
    expect(renewed).toMatchObject({ state: "ready", id: candidate.id });
    expect((await second.end()).code).toBe(0);
  });
});
