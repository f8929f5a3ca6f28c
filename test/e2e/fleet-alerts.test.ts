import { expect, onTestFinished, test } from "vitest";
import { runCommand, type Ended } from "../commands/command-io.ts";
import { kafkaMissing, sharedKafka, uniqueName } from "../services/kafka.ts";
import { redisMissing, startRedis } from "../services/redis.ts";
import { describeService } from "../services/service.ts";
import type { Alert } from "../../src/verdict/alert.ts";
import { eventually, startDaemon, type Daemon } from "./daemon.ts";
import { scoredEvents } from "./events.ts";
import { kafkaSection, writeProject } from "./project.ts";
import { createTopic, produce, recordsOf } from "./topic.ts";

const MINUTE = 60_000;
const RATE = 300;

async function leads(daemon: Daemon): Promise<boolean> {
  return (await daemon.metric("driftd_leads")).some((line) => line.endsWith(" 1"));
}

describeService("alerts of a fleet", kafkaMissing ?? redisMissing, () => {
  test("are judged by the member that leads; the others say so, and who leads next knows what was said", async () => {
    const redis = await startRedis([]);
    onTestFinished(() => redis.stop());
    const brokers = await sharedKafka();
    const topic = await createTopic(brokers, { partitions: 2 });
    const { directory } = await writeProject({
      config: {
        kafka: kafkaSection(brokers, uniqueName("fleet")),
        streams: { scored: { role: "inference", topic, from: "earliest", idleAfter: "1h" } },
        state: { store: "redis", url: redis.url, prefix: uniqueName("alerts") },
      },
    });
    const members = [await startDaemon(directory), await startDaemon(directory)];
    const urls = await Promise.all(
      members.map(async (member) => String((await member.said("listening"))["url"])),
    );
    const begin = Math.floor(Date.now() / MINUTE) * MINUTE - 45 * MINUTE;
    const shifted = begin + 10 * MINUTE;
    const events = [
      ...scoredEvents({ count: 10 * RATE, from: begin, to: shifted, seed: 3 }),
      ...scoredEvents({ count: 8 * RATE, from: shifted, to: shifted + 8 * MINUTE, shift: 30, seed: 4 }),
    ];
    await produce(brokers, topic, recordsOf(events), 2);
    const [leader, alert] = await eventually("an alert of the member that leads", async () => {
      const alerts = await Promise.all(members.map((member) => member.alerts()));
      const at = alerts.findIndex(({ length }) => length > 0);
      // web/api/alerts.ts says what it answers.
      return at < 0 ? undefined : ([at, alerts[at]?.[0] as unknown as Alert] as const);
    });
    const other = 1 - leader;
    const judge = (member: number, ...argv: string[]): Promise<Ended> =>
      runCommand(["alerts", ...argv, "--url", urls[member] ?? ""], { cwd: directory });

    const elsewhere = "Another member of the fleet judges: ask the one whose driftd_leads is 1.";
    expect(await judge(other, "false", alert.id, "--by", "ann")).toMatchObject({
      status: 70,
      err: expect.stringContaining(elsewhere),
    });
    expect((await judge(other, "list")).err).toContain(elsewhere);
    const refused = await runCommand(
      ["reference", "accept", alert.id, "--reason", "r", "--url", urls[other] ?? ""],
      { cwd: directory },
    );
    expect(refused).toMatchObject({ status: 2, err: expect.stringContaining(elsewhere) });
    expect(await judge(leader, "false", alert.id, "--by", "ann", "--reason", "a test")).toMatchObject({
      status: 0,
      err: "",
    });

    await members[leader]?.end("SIGKILL");
    const next = members[other];
    await eventually("the other member to lead", async () =>
      next !== undefined && (await leads(next)) ? true : undefined,
    );
    const listed = await eventually("the alert at the next who leads", async () => {
      const { out } = await judge(other, "list");
      return out.includes(alert.id) ? out : undefined;
    });
    expect(listed).toContain("called a false alarm by ann at ");
    expect(listed).toContain("1 fired, 0 acknowledged, 1 called false");
    expect((await next?.end())?.code).toBe(0);
  });
});
