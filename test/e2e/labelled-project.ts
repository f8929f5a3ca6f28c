import { sharedKafka, uniqueName } from "../services/kafka.ts";
import { kafkaSection, writeProject, type ProjectOptions } from "./project.ts";
import { createTopic } from "./topic.ts";

export interface LabelledProject {
  readonly directory: string;
  readonly brokers: readonly string[];
  /** Topic of the stream `scored`. */
  readonly scored: string;
  /** Topic of its labels, the stream `charged`. */
  readonly charged: string;
}

/** A project that reads predictions and their labels from new topics of so many partitions. */
export async function writeLabelledProject(options: {
  readonly partitions: number;
  readonly rules: NonNullable<ProjectOptions["rules"]>;
}): Promise<LabelledProject> {
  const { partitions, rules } = options;
  const brokers = await sharedKafka();
  const scored = await createTopic(brokers, { partitions });
  const charged = await createTopic(brokers, { partitions, name: uniqueName("charged") });
  const { directory } = await writeProject({
    config: {
      kafka: kafkaSection(brokers, uniqueName("driftd")),
      streams: {
        // However slow the machine is, event time goes on by records alone.
        scored: { role: "inference", topic: scored, from: "earliest", idleAfter: "1h" },
        charged: { role: "labels", of: "scored", topic: charged, from: "earliest", idleAfter: "1h" },
      },
    },
    rules,
  });
  return { directory, brokers, scored, charged };
}
