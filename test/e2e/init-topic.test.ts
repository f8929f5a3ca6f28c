import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { parse } from "yaml";
import { runCommand } from "../commands/command-io.ts";
import { loans } from "../commands/init/init-files.ts";
import { kafkaMissing, sharedKafka, uniqueName } from "../services/kafka.ts";
import { describeService } from "../services/service.ts";
import { createTopic, produce } from "./topic.ts";

function workplace(): string {
  const directory = mkdtempSync(join(tmpdir(), "driftd-e2e-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

describeService("driftd init of a topic", kafkaMissing, () => {
  test("learns from all partitions, passes over what is no JSON, and writes a project that reads the topic", async () => {
    const brokers = await sharedKafka();
    const topic = await createTopic(brokers, { partitions: 3 });
    const records = loans({ rows: 1_500, days: 10 }).map((row, at) => ({
      // One in ten written over several lines.
      value: JSON.stringify(row, undefined, at % 10 === 0 ? 2 : 0),
      timestamp: Date.parse(row.ts),
    }));
    const others = [
      { value: Buffer.from([0, 0, 0, 0, 7]), timestamp: 1 },
      { value: null, timestamp: 2 },
    ];
    await produce(brokers, topic, [...records, ...others], 3);
    const directory = workplace();
    const words = ["init", `kafka:${topic}`, "--model", "loans", "--kafka", ...brokers];
    const { status, out, err } = await runCommand(words, { cwd: directory });
    expect({ status, err }).toEqual({ status: 0, err: "" });
    expect(out).toContain("Model loans (as --model says): 1,500 rows, 2026-01-01 00:00 UTC to 2026-01-10");
    expect(out).toContain(`2 records of ${topic} are no JSON objects and were passed over.`);
    const config = parse(readFileSync(join(directory, "driftd.yaml"), "utf8"));
    expect(config.kafka).toEqual({ brokers, group: "driftd" });
    expect(config.streams.loans).toMatchObject({ role: "inference", topic, format: "json" });
    const checked = await runCommand(["check"], { cwd: directory });
    expect(checked.out).toMatch(/1 model( without error)?\.$/m);
  });

  test("says what a topic has that nothing can be learnt from", async () => {
    const brokers = await sharedKafka();
    const topic = await createTopic(brokers);
    const directory = workplace();
    const run = () => runCommand(["init", `kafka:${topic}`, "--kafka", ...brokers], { cwd: directory });
    expect(await run()).toMatchObject({
      status: 78,
      err: expect.stringContaining(`${topic} has no records yet.`),
    });
    await produce(brokers, topic, [{ value: "7", timestamp: 1 }]);
    const told = "None of the 1 records of";
    expect(await run()).toMatchObject({ status: 78, err: expect.stringContaining(told) });
    const nowhere = uniqueName("nowhere");
    const missing = await runCommand(["init", `kafka:${nowhere}`, "--kafka", ...brokers], { cwd: directory });
    expect(missing).toMatchObject({ status: 70, err: expect.stringContaining(nowhere) });
    expect(existsSync(join(directory, "driftd.yaml"))).toBe(false);
  });
});

test("a topic needs brokers", async () => {
  const { status, err } = await runCommand(["init", "kafka:scored"], { cwd: workplace() });
  expect(status).toBe(2);
  expect(err).toBe(
    "driftd: USAGE: kafka:scored is in no cluster that is known. Name its brokers: --kafka localhost:9092.\n",
  );
});
