import type { QuarantineConfig, StreamConfig } from "./config.ts";
import { isMapData } from "./document.ts";
import type { Document, Path } from "./document.ts";
import type { Fault } from "./fault.ts";
import type { DriftdFile, QuarantineSection, StreamSection } from "./generated/driftd.ts";
import { faultAt } from "./location.ts";
import type { FaultAt } from "./location.ts";
import { parseSize } from "./quantity.ts";
import { completeFormat } from "./streams-section.ts";

/** Whether the quarantine has one place, what streams say of it can be done, and topics for review can be written. */
export function checkQuarantine(document: Document, sound: (path: Path) => boolean): readonly Fault[] {
  // Read as it may be: only sections that the schema finds sound are looked at below.
  const file = document.data as Partial<DriftdFile>;
  const streams = isMapData(file.streams) ? Object.entries(file.streams) : [];
  const sections = streams.filter(([name]) => sound(["streams", name]));
  const quarantine = isMapData(file.quarantine) && sound(["quarantine"]) ? file.quarantine : undefined;
  const place = quarantine === undefined ? [] : checkPlace(quarantine, { file, sections });
  const asked = sections.flatMap(([name, section]) =>
    checkStream(section, file.quarantine).map((fault) => ({
      ...fault,
      path: ["streams", name, ...fault.path],
    })),
  );
  const review = sound(["publish"]) ? Object.entries(file.publish?.review ?? {}) : [];
  const reviews = review.flatMap(([name, { topic }]) =>
    topic === undefined ? [] : checkTopic(topic, ["publish", "review", name, "topic"], { file, sections }),
  );
  return [...place, ...asked, ...reviews].map((fault) => faultAt(document, fault));
}

type Sections = readonly (readonly [string, StreamSection])[];

function checkPlace(
  { topic, file, max }: QuarantineSection,
  whole: { file: Partial<DriftdFile>; sections: Sections },
): FaultAt[] {
  const faults: FaultAt[] = [];
  const path = ["quarantine"];
  if (topic === undefined && file === undefined) {
    const message = "has no place; write topic: NAME or file: PATH";
    faults.push({ path, which: "key", code: "MISSING_KEY", message });
  }
  if (topic !== undefined && file !== undefined) {
    const message = "goes to one place: a topic or a file";
    faults.push({ path: [...path, "file"], which: "key", code: "CONFLICT", message });
  }
  if (topic !== undefined) faults.push(...checkTopic(topic, [...path, "topic"], whole));
  if (max !== undefined && file === undefined) {
    const message = "is for a file; a topic is bounded by its retention; remove max";
    faults.push({ path: [...path, "max"], which: "key", code: "CONFLICT", message });
  }
  return faults;
}

const LEGAL_TOPIC = /^[a-zA-Z0-9._-]{1,249}$/;

/** Whether what is written to the topic can be, and is not read back. */
function checkTopic(
  topic: string,
  path: Path,
  { file, sections }: { file: Partial<DriftdFile>; sections: Sections },
): FaultAt[] {
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

const TABLES: readonly string[] = ["csv", "parquet", "arrow"];

function checkStream(section: StreamSection, quarantine: QuarantineSection | undefined): FaultAt[] {
  const asked = section.quarantine;
  if (asked === undefined) return [];
  const path = ["quarantine"];
  if (quarantine === undefined) {
    const message =
      "there is no quarantine; add quarantine: { topic: NAME } or { file: PATH } beside streams";
    return [{ path, which: "key", code: "MISSING_KEY", message }];
  }
  if (asked.off === true && asked.raw !== undefined) {
    const message = "nothing goes there, so no bytes do; keep one of off and raw";
    return [{ path: [...path, "raw"], which: "key", code: "CONFLICT", message }];
  }
  if (asked.raw === true && TABLES.includes(completeFormat(section))) {
    const message = "a row of a table has no bytes of its own; remove raw";
    return [{ path: [...path, "raw"], which: "key", code: "CONFLICT", message }];
  }
  return [];
}

/** A section that has been checked. */
export function completeQuarantine(
  { topic, file, perMinute, max }: QuarantineSection,
  resolve: (path: string) => string,
): QuarantineConfig {
  return {
    ...(topic !== undefined && { topic }),
    ...(file !== undefined && { file: resolve(file) }),
    perMinute: perMinute ?? 1_000,
    max: parseSize(max ?? "100MiB") ?? 0,
  };
}

/** What of a stream goes there. Rows of tables have no bytes, whatever holds for all streams. */
export function quarantineOf(
  section: StreamSection,
  quarantine: QuarantineSection | undefined,
): Pick<StreamConfig, "quarantine"> {
  if (quarantine === undefined || section.quarantine?.off === true) return {};
  const raw = section.quarantine?.raw ?? quarantine.raw ?? false;
  return { quarantine: raw && !TABLES.includes(completeFormat(section)) ? "raw" : "reasons" };
}
