import type { FieldMap, FieldSource, MappedField, StreamConfig, StreamFormat } from "./config.ts";
import { isMapData } from "./document.ts";
import type { Document, Path } from "./document.ts";
import type { Fault } from "./fault.ts";
import type { DriftdFile, FieldSource as SourceText, StreamSection } from "./generated/driftd.ts";
import { faultAt } from "./location.ts";
import type { FaultAt } from "./location.ts";
import { suggestWord } from "./nearest-word.ts";
import { parseDuration } from "./quantity.ts";

/** What one stream cannot say of itself: the schema knows no other stream. */
export function checkStreams(document: Document, sound: (path: Path) => boolean): readonly Fault[] {
  // Read as it may be: only sections that the schema finds sound are looked at below.
  const file = document.data as Partial<DriftdFile>;
  if (!isMapData(file.streams)) return [];
  const streams = Object.entries(file.streams);
  const sources = streams.filter(([, section]) => section?.role === "inference").map(([name]) => name);
  return streams.flatMap(([name, section]) => {
    if (!sound(["streams", name])) return [];
    const format = checkFormat(section);
    const found = [
      ...checkSource(section, file.kafka !== undefined),
      ...checkRole(section, sources),
      ...(format.length > 0 ? format : checkMap(section)),
    ];
    return found.map((fault) => faultAt(document, { ...fault, path: ["streams", name, ...fault.path] }));
  });
}

function checkSource(section: StreamSection, hasKafka: boolean): FaultAt[] {
  const { topic, file } = section;
  if (topic === undefined && file === undefined) {
    return [{ path: [], code: "MISSING_KEY", message: "has no source; write topic: NAME or file: PATH" }];
  }
  if (topic !== undefined && file !== undefined) {
    return [
      { path: ["file"], which: "key", code: "CONFLICT", message: "a stream has a topic or a file, not both" },
    ];
  }
  if (topic !== undefined && !hasKafka) {
    const message = "a topic needs a cluster; add kafka: { brokers: [...], group: ... }";
    return [{ path: ["topic"], code: "MISSING_KEY", message }];
  }
  return [];
}

function checkRole(section: StreamSection, sources: readonly string[]): FaultAt[] {
  const { role, of } = section;
  if (role === "labels" && of === undefined) {
    const message = `labels belong to a stream; add of: ${sources[0] ?? "STREAM"}`;
    return [{ path: ["role"], code: "MISSING_KEY", message }];
  }
  if (of === undefined) return [];
  if (role === "inference") {
    const message = "only labels belong to another stream; remove of, or write role: labels";
    return [{ path: ["of"], which: "key", code: "CONFLICT", message }];
  }
  if (sources.includes(of)) return [];
  const message = `is no inference stream; ${suggestWord(of, sources)}`;
  return [{ path: ["of"], code: "UNKNOWN_NAME", message }];
}

function checkFormat(section: StreamSection): FaultAt[] {
  const { topic, file, format } = section;
  const faults: FaultAt[] = [];
  if (topic !== undefined && format !== undefined && !["native", "json"].includes(format)) {
    faults.push({ path: ["format"], code: "CONFLICT", message: "a topic carries native or json records" });
  }
  const ending = file === undefined ? undefined : formatOfFile(file);
  if (file !== undefined && ending === undefined) {
    const message = "has no known ending; one of .jsonl, .jsonl.gz, .csv, .parquet, .arrow";
    faults.push({ path: ["file"], code: "WRONG_VALUE", message });
  }
  const fitting: readonly string[] = ending === "lines" ? ["native", "json"] : [ending ?? ""];
  if (ending !== undefined && format !== undefined && !fitting.includes(format)) {
    faults.push({
      path: ["format"],
      code: "CONFLICT",
      message: `does not fit the file's ending; write ${fitting.join(" or ")}`,
    });
  }
  if (file !== undefined && section.from !== undefined) {
    const message = "a file is read from its beginning; remove from";
    faults.push({ path: ["from"], which: "key", code: "CONFLICT", message });
  }
  if (section.from !== undefined && startOf(section.from) === undefined) {
    faults.push({
      path: ["from"],
      code: "WRONG_VALUE",
      message: "is no date; write it as 2026-01-31T00:00:00Z",
    });
  }
  return faults;
}

/** Only json has no places of its own. */
function checkMap(section: StreamSection): FaultAt[] {
  if (completeFormat(section) !== "json") return [];
  // When a label came is time enough; but a file does not say when its lines came.
  const ofLabels: MappedField[] = section.file === undefined ? ["id", "truth"] : ["id", "truth", "time"];
  const needed: MappedField[] = section.role === "labels" ? ofLabels : ["time", "model"];
  const missing = needed.filter((field) => section.map?.[field] === undefined);
  if (missing.length === 0) return [];
  const example = missing.map((field) => (field === "model" ? "model: { value: NAME }" : `${field}: /FIELD`));
  const path = section.map === undefined ? [] : ["map"];
  const verb = missing.length > 1 ? "stand" : "stands";
  const message = `json needs to know where ${missing.join(" and ")} ${verb}; add ${example.join(", ")} to map`;
  return [{ path, which: "key", code: "MISSING_KEY", message }];
}

/** A stream that has been checked, with its defaults. */
export function completeStream(
  name: string,
  section: StreamSection,
  resolve: (path: string) => string,
): StreamConfig {
  const { role, of, topic, file, from } = section;
  return {
    name,
    role,
    ...(of !== undefined && { of }),
    ...(topic !== undefined && { topic }),
    ...(file !== undefined && { file: resolve(file) }),
    format: completeFormat(section),
    map: readMap(section),
    from: file === undefined ? (startOf(from ?? "committed") ?? "committed") : "earliest",
    maxAhead: parseDuration(section.maxAhead ?? "5m") ?? 0,
    idleAfter: parseDuration(section.idleAfter ?? "60s") ?? 0,
  };
}

function completeFormat(section: StreamSection): StreamFormat {
  if (section.format !== undefined) return section.format;
  const ending = section.file === undefined ? undefined : formatOfFile(section.file);
  if (ending !== undefined && ending !== "lines") return ending;
  return section.map === undefined ? "native" : "json";
}

/** `lines` are JSON lines, whose layout the ending does not tell. */
function formatOfFile(file: string): "lines" | "csv" | "parquet" | "arrow" | undefined {
  if (/\.(jsonl|ndjson)(\.gz)?$/.test(file)) return "lines";
  const ending = /\.(csv|parquet|arrow)$/.exec(file)?.[1];
  return ending === "csv" || ending === "parquet" || ending === "arrow" ? ending : undefined;
}

/** A time without zone is UTC. Undefined where there is no such day. */
function startOf(from: string): StreamConfig["from"] | undefined {
  if (from === "earliest" || from === "latest" || from === "committed") return from;
  const zoned = !from.includes("T") || /(Z|[+-]\d{2}:\d{2})$/.test(from) ? from : `${from}Z`;
  const time = Date.parse(zoned);
  return Number.isNaN(time) ? undefined : time;
}

function readMap(section: StreamSection): FieldMap {
  return Object.fromEntries(
    Object.entries(section.map ?? {}).map(([field, source]) => [field, fieldSource(source)]),
  );
}

/** The schema lets one key through. */
function fieldSource(source: SourceText): FieldSource {
  if (typeof source === "string") return { pointer: source };
  if (source.header !== undefined) return { header: source.header };
  return source.key === true ? { key: true } : { value: source.value ?? "" };
}
