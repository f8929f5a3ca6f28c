import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { kafkaMissing, sharedKafka, uniqueName } from "../services/kafka.ts";
import { describeService } from "../services/service.ts";
import { startDaemon } from "./daemon.ts";
import { driftdProgram } from "./program.ts";
import { kafkaSection, writeProject } from "./project.ts";
import { createTopic, membersOf } from "./topic.ts";

test("what nobody closes does not keep the process, and all of its output arrives", async () => {
  const open = "data:text/javascript,setInterval(() => {}, 1000)";
  const child = spawn(process.execPath, ["--import", open, await driftdProgram(), "run", "--help"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  child.stdout.on("data", (bytes: Buffer) => (output += bytes.toString()));
  expect(await once(child, "close")).toEqual([0, null]);
  expect(output).toMatch(/Example:\n {2}driftd run --config driftd\.yaml\n+$/);
});

describeService("a group that lets nobody in", kafkaMissing, () => {
  test("does not keep a daemon that is told to end before it is a member", async () => {
    const brokers = await sharedKafka();
    const topic = await createTopic(brokers);
    const group = uniqueName("driftd");
    // Long: the group waits for a member that stands still. Whoever waited with it would be killed before.
    const config = {
      kafka: kafkaSection(brokers, group, "60s"),
      streams: { scored: { role: "inference", topic } },
    };
    const owner = await startDaemon((await writeProject({ config })).directory);
    await owner.said("reading");
    owner.signal("SIGSTOP");
    const joining = await startDaemon((await writeProject({ config })).directory);
    await expect.poll(() => membersOf(brokers, group)).toBe(2);
    expect((await joining.end()).code).toBe(0);
    owner.signal("SIGCONT");
    expect((await owner.end()).code).toBe(0);
  });

  test("does not keep a member that is told to end while another one keeps all of them waiting", async () => {
    const brokers = await sharedKafka();
    const topic = await createTopic(brokers);
    const group = uniqueName("driftd");
    // Long: the group waits for a member that stands still, and for longer than a daemon takes to end.
    const config = {
      kafka: kafkaSection(brokers, group, "30s"),
      streams: { scored: { role: "inference", topic } },
    };
    const start = async (): ReturnType<typeof startDaemon> =>
      startDaemon((await writeProject({ config })).directory);
    const owner = await start();
    await owner.said("reading");
    const member = await start();
    await member.said(/^standing by/);
    owner.signal("SIGSTOP");
    const newcomer = await start();
    await expect.poll(() => membersOf(brokers, group)).toBe(3);
    // Members learn of a newcomer by a heartbeat, of which there is one in three seconds.
    await sleep(5_000);
    expect((await member.end()).code).toBe(0);
    owner.signal("SIGCONT");
    for (const daemon of [owner, newcomer]) expect((await daemon.end()).code).toBe(0);
  });
});
