import type { Path } from "./document.ts";
import type { DriftdFile, StreamSection } from "./generated/driftd.ts";
import type { FaultAt } from "./location.ts";

/** What topics that are written to are held against: the file, and those of its streams that are sound. */
export interface ReadStreams {
  readonly file: Partial<DriftdFile>;
  readonly sections: readonly (readonly [string, StreamSection])[];
}

const LEGAL_TOPIC = /^[a-zA-Z0-9._-]{1,249}$/;

/** Whether what is written to the topic can be, and is not read back. */
export function checkTopic(topic: string, path: Path, { file, sections }: ReadStreams): FaultAt[] {
  if (!LEGAL_TOPIC.test(topic) || topic === "." || topic === "..") {
    const message = "is no name that Kafka takes; write letters, digits, dots, - and _, at most 249";
    return [{ path, code: "WRONG_VALUE", message }];
  }
  if (file.kafka === undefined) {
    const message = "a topic needs a cluster; add kafka: { brokers: [...], group: ... }";
    return [{ path, code: "MISSING_KEY", message }];
  }
  const reader = sections.find(([, section]) => section.topic === topic);
  if (reader === undefined) return [];
  const message = `is read by stream ${reader[0]}, which would go round for ever; name another topic`;
  return [{ path, code: "CONFLICT", message }];
}
