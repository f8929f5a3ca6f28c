import { expect, test, vi } from "vitest";
import { kafkaMissing, sharedKafka, uniqueName } from "../services/kafka.ts";
import { describeService } from "../services/service.ts";
import { eventually, startDaemon } from "./daemon.ts";
import { kafkaSection, writeProject } from "./project.ts";
import { createTopic, membersOf } from "./topic.ts";

// Others may have the machine.
vi.setConfig({ testTimeout: 120_000 });

describeService("a group that lets nobody in", kafkaMissing, () => {
  test("a daemon that is told to end while its group lets nobody in ends", async () => {
    const brokers = await sharedKafka();
    const topic = await createTopic(brokers);
    const group = uniqueName("driftd");
    // Long: the group waits for a member that stands still.
    const config = {
      kafka: kafkaSection(brokers, group, "30s"),
      streams: { scored: { role: "inference", topic } },
    };
    const owner = await startDaemon((await writeProject({ config })).directory);
    await owner.said("reading");
    owner.signal("SIGSTOP");
    const joining = await startDaemon((await writeProject({ config })).directory);
    await eventually("another member", async () =>
      (await membersOf(brokers, group)) === 2 ? true : undefined,
    );
    const { code, milliseconds } = await joining.end();
    expect(code).toBe(0);
    expect(milliseconds).toBeLessThan(20_000);
    owner.signal("SIGCONT");
    expect((await owner.end()).code).toBe(0);
  });
});
