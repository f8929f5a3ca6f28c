import type { QuarantineConfig, StreamConfig } from "./config.ts";
import { isMapData } from "./document.ts";
import type { Document, Path } from "./document.ts";
import type { Fault } from "./fault.ts";
import type { DriftdFile, QuarantineSection, StreamSection } from "./generated/driftd.ts";
import { faultAt } from "./location.ts";
import type { FaultAt } from "./location.ts";
import { parseSize } from "./quantity.ts";
import { completeFormat } from "./streams-section.ts";
import { checkTopic, type ReadStreams } from "./written-topic.ts";

/** Whether the quarantine has one place, and what streams say of it can be done. */
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
  return [...place, ...asked].map((fault) => faultAt(document, fault));
}

function checkPlace({ topic, file, max }: QuarantineSection, whole: ReadStreams): FaultAt[] {
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
