import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { readReference } from "../../src/reference/reference-file.ts";
import type { Reference } from "../../src/reference/reference.ts";
import type { ShownReference } from "../../src/web/api/references.ts";
import { runCommand } from "../commands/command-io.ts";
import { kafkaMissing, sharedKafka, uniqueName } from "../services/kafka.ts";
import { redisMissing, startRedis } from "../services/redis.ts";
import { describeService } from "../services/service.ts";
import { eventually, startDaemon, type Daemon } from "./daemon.ts";
import { scoredEvents } from "./events.ts";
import { kafkaSection, writeProject, type ProjectFiles } from "./project.ts";
import { createTopic, produce, recordsOf } from "./topic.ts";

const PARTITIONS = 2;
const HOUR = 3_600_000;
const RULES = {
  references: { default: { learn: "3h" } },
  columns: {
    amount: { type: "number" },
    region: { type: "category" },
    card: { type: "category", pii: true },
    "prediction.score": { type: "number" },
  },
};
const KEY = "0123456789abcdef0123456789abcdef";
const READ_AGAIN = /^rule files and references were read again, and are what counts/;

async function learningProject(config: Readonly<Record<string, unknown>>): Promise<ProjectFiles> {
  const project = await writeProject({
    config: { ...config, privacy: { keyFile: "key" } },
    rules: RULES,
  });
  writeFileSync(join(project.directory, "key"), KEY);
  return project;
}

async function referenceOf(daemon: Daemon): Promise<ShownReference | undefined> {
  // web/api/references.ts says what it answers.
  const shown = JSON.parse(await daemon.text("/api/references")) as { references: ShownReference[] };
  return shown.references[0];
}

async function learntBy(daemon: Daemon, { directory }: ProjectFiles): Promise<Reference> {
  const url = String((await daemon.said("listening"))["url"]);
  const output = join(directory, `${uniqueName("learnt")}.arrow`);
  const ended = await runCommand(["reference", "export", "scoring", "--output", output, "--url", url]);
  expect(ended).toMatchObject({ status: 0 });
  return readReference(readFileSync(output), output);
}

describeService("a fleet that learns its reference", kafkaMissing ?? redisMissing, () => {
  test("learns what one process learns, though the member that judges dies, and all of it goes by it", async () => {
    const redis = await startRedis([]);
    onTestFinished(() => redis.stop());
    const brokers = await sharedKafka();
    const topic = await createTopic(brokers, { partitions: PARTITIONS });
    const streams = { scored: { role: "inference", topic, from: "earliest", idleAfter: "1h" } };
    const fleet = await learningProject({
      kafka: kafkaSection(brokers, uniqueName("learners")),
      streams,
      state: { store: "redis", url: redis.url, prefix: uniqueName("learners") },
    });
    const start = async (): Promise<Daemon> => {
      const member = await startDaemon(fleet.directory);
      // One that came up later would begin with what the other one has learnt by then.
      await member.said(/^scoring learns its reference of the first 3h/);
      return member;
    };
    const members = [await start(), await start()];
    const begin = Math.floor(Date.now() / 60_000) * 60_000 - 6 * HOUR;
    const write = (part: Parameters<typeof scoredEvents>[0]): Promise<void> =>
      produce(brokers, topic, recordsOf(scoredEvents(part)), PARTITIONS);

    await write({ count: 2_000, from: begin, to: begin + HOUR, seed: 1 });
    // Only who judges knows how far it has come.
    const leader = await eventually("the first part of the sample", async () => {
      const shown = await Promise.all(members.map(referenceOf));
      const at = shown.findIndex((one) => (one?.learning?.share ?? 0) > 0.2);
      return at < 0 ? undefined : at;
    });
    await members[leader]?.end("SIGKILL");
    members[leader] = await start();
    await write({ count: 4_500, from: begin + HOUR, to: begin + 3.25 * HOUR, seed: 2 });
    for (const member of members) await member.said(READ_AGAIN);
    const ids = (await Promise.all(members.map(referenceOf))).map((one) => [one?.state, one?.id]);
    expect(ids).toEqual([
      ["learnt", expect.any(String)],
      ["learnt", ids[0]?.[1]],
    ]);

    await write({ count: 2_000, from: begin + 3.25 * HOUR, to: begin + 4 * HOUR, seed: 3 });
    await write({ count: 2_000, from: begin + 4 * HOUR, to: begin + 4.75 * HOUR, seed: 4, shift: 200 });
    await eventually("the alert", async () => {
      const alerts = (await Promise.all(members.map((member) => member.alerts()))).flat();
      return alerts.some(({ alert, column }) => alert === "FeatureDrift" && column === "amount") || undefined;
    });
    const { rows } = await members[0].accounted("scored", (told) => told.rows.measured >= 10_500);
    expect(rows).toMatchObject({ received: 10_500, measured: 10_500 });

    // One process that reads the same topic learns the same, to the bit; any member gives it away.
    const alone = await learningProject({
      kafka: kafkaSection(brokers, uniqueName("learner")),
      streams,
      state: { store: "lmdb", path: "state" },
    });
    const one = await startDaemon(alone.directory);
    await one.said(READ_AGAIN);
    const learnt = await learntBy(one, alone);
    expect(learnt.rows).toBe(6_000);
    for (const member of members) expect((await learntBy(member, fleet)).id).toBe(learnt.id);
    for (const daemon of [...members, one]) expect((await daemon.end()).code).toBe(0);
  });
});
