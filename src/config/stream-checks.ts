import type { MappedField } from "./config.ts";
import { isMapData } from "./document.ts";
import type { Document, Path } from "./document.ts";
import { formatOfFile, KNOWN_ENDINGS } from "./file-format.ts";
import type { Fault } from "./fault.ts";
import type { DriftdFile, StreamSection } from "./generated/driftd.ts";
import { faultAt } from "./location.ts";
import type { FaultAt } from "./location.ts";
import { suggestWord } from "./nearest-word.ts";
import { checkServerMap } from "./server-map.ts";
import { DAY, parseDuration } from "./quantity.ts";
import { completeFormat, isServerFormat, startOf } from "./streams-section.ts";

type Sections = Readonly<Record<string, StreamSection>>;

/** What one stream cannot say of itself: the schema knows no other stream. */
export function checkStreams(document: Document, sound: (path: Path) => boolean): readonly Fault[] {
  // Read as it may be: only sections that the schema finds sound are looked at below.
  const file = document.data as Partial<DriftdFile>;
  if (!isMapData(file.streams)) return [];
  const sections = Object.fromEntries(
    Object.entries(file.streams).filter(([, section]) => isMapData(section)),
  );
  return Object.entries(sections).flatMap(([name, section]) => {
    if (!sound(["streams", name])) return [];
    const format = checkFormat(section);
    const found = [
      ...checkSource(section, file.kafka !== undefined),
      ...checkRole(name, sections),
      ...(format.length > 0 ? format : checkMap(section)),
      ...checkServerKeys(section),
      ...checkWithin(section),
      ...checkServerMap(section),
    ];
    return found.map((fault) => faultAt(document, { ...fault, path: ["streams", name, ...fault.path] }));
  });
}

function checkSource(section: StreamSection, hasKafka: boolean): FaultAt[] {
  const given = (["topic", "file", "http"] as const).filter((key) => section[key] !== undefined);
  if (given.length === 0) {
    const message = "has no source; write topic: NAME, file: PATH or http: true";
    return [{ path: [], code: "MISSING_KEY", message }];
  }
  if (given.length > 1 && section.file !== undefined) {
    const message = "a stream has one source: a topic, a file or http";
    return [{ path: [given[1]], which: "key", code: "CONFLICT", message }];
  }
  if (section.topic !== undefined && !hasKafka) {
    const message = "a topic needs a cluster; add kafka: { brokers: [...], group: ... }";
    return [{ path: ["topic"], code: "MISSING_KEY", message }];
  }
  return [];
}

/** Whether it stays in the daemon that it is sent to. */
function isSent({ http, topic }: StreamSection): boolean {
  return http === true && topic === undefined;
}

/** Roles that a stream of each role may belong to. */
const OWNERS: Readonly<Record<"outputs" | "labels", readonly string[]>> = {
  outputs: ["inputs"],
  labels: ["inference", "inputs"],
};

function checkRole(name: string, sections: Sections): FaultAt[] {
  const section = sections[name];
  const { role, of } = section;
  if (role === "inference" || role === "inputs") {
    if (of !== undefined) {
      const message = "only outputs and labels belong to another stream; remove of, or change the role";
      return [{ path: ["of"], which: "key", code: "CONFLICT", message }];
    }
    const isAnswered = Object.values(sections).some((other) => other.role === "outputs" && other.of === name);
    if (role === "inference" || isAnswered) return [];
    const message = `need their outputs; add a stream with role: outputs and of: ${name}`;
    return [{ path: ["role"], code: "MISSING_KEY", message }];
  }
  const owners = Object.keys(sections).filter((other) => OWNERS[role].includes(sections[other].role));
  if (of === undefined) {
    const message = `${role} belong to a stream; add of: ${owners[0] ?? "STREAM"}`;
    return [{ path: ["role"], code: "MISSING_KEY", message }];
  }
  if (!owners.includes(of)) {
    const what = role === "labels" ? "inference or inputs stream" : "inputs stream";
    return [{ path: ["of"], code: "UNKNOWN_NAME", message: `is no ${what}; ${suggestWord(of, owners)}` }];
  }
  const owner = sections[of];
  if ((isSent(section) && owner.topic !== undefined) || (section.topic !== undefined && isSent(owner))) {
    const [is, must] = isSent(owner) ? ["comes over http", "over http"] : ["is a topic", "by a topic"];
    const message = `${of} ${is}, so its ${role} come ${must}: each partition knows its own events only`;
    return [{ path: [isSent(section) ? "http" : "topic"], which: "key", code: "CONFLICT", message }];
  }
  const twins = Object.keys(sections).filter(
    (other) => sections[other].role === role && sections[other].of === of,
  );
  if (role === "labels" || twins[0] === name) return [];
  const message = `has its outputs in ${twins[0]} already`;
  return [{ path: ["of"], code: "CONFLICT", message }];
}

function checkFormat(section: StreamSection): FaultAt[] {
  const { file, format, from } = section;
  const faults: FaultAt[] = [];
  const conflict = (message: string): number => faults.push({ path: ["format"], code: "CONFLICT", message });
  if (format !== undefined && file === undefined && ["csv", "parquet", "arrow"].includes(format)) {
    conflict("is for files; a topic or http carries native, json or what model servers send");
  }
  const ending = file === undefined ? undefined : formatOfFile(file);
  if (file !== undefined && ending === undefined) {
    const message = `has no known ending; one of ${KNOWN_ENDINGS}`;
    faults.push({ path: ["file"], code: "WRONG_VALUE", message });
  }
  const fitting: readonly string[] = ending === "lines" ? ["native", "json"] : [ending ?? ""];
  if (ending !== undefined && format !== undefined && !fitting.includes(format)) {
    conflict(`does not fit the file's ending; write ${fitting.join(" or ")}`);
  }
  if (section.role === "labels" && isServerFormat(format)) {
    conflict("no model server sends labels; write native or json");
  }
  if (section.role === "inference" && (format === "oip-v2" || format === "mlserver")) {
    conflict("has requests and responses; write role: inputs, and a second stream with role: outputs");
  }
  if (section.topic === undefined && from !== undefined) {
    const message = `${file === undefined ? "http has no beginning" : "a file is read from its beginning"}; remove from`;
    faults.push({ path: ["from"], which: "key", code: "CONFLICT", message });
  }
  if (from !== undefined && startOf(from) === undefined) {
    const message = "is no date; write it as 2026-01-31T00:00:00Z";
    faults.push({ path: ["from"], code: "WRONG_VALUE", message });
  }
  return faults;
}

/** Only json has no places of its own. */
function checkMap(section: StreamSection): FaultAt[] {
  if (completeFormat(section) !== "json") return [];
  // When a record came is time enough; but a file does not say when its lines came.
  const time: MappedField[] = section.file === undefined ? [] : ["time"];
  const needed: Readonly<Record<StreamSection["role"], readonly MappedField[]>> = {
    inference: ["time", "model"],
    inputs: ["id", "time", "model"],
    outputs: ["id", "time", "model"],
    labels: ["id", "truth", ...time],
  };
  const missing = needed[section.role].filter((field) => section.map?.[field] === undefined);
  if (missing.length === 0) return [];
  const example = missing.map((field) => (field === "model" ? "model: { value: NAME }" : `${field}: /FIELD`));
  const path = section.map === undefined ? [] : ["map"];
  const verb = missing.length > 1 ? "stand" : "stands";
  const message = `json needs to know where ${missing.join(" and ")} ${verb}; add ${example.join(", ")} to map`;
  return [{ path, which: "key", code: "MISSING_KEY", message }];
}

/** Keys that mean something to some formats only. */
function checkServerKeys(section: StreamSection): FaultAt[] {
  const { format, role } = section;
  const faults: FaultAt[] = [];
  const refuse = (key: string, message: string): number =>
    faults.push({ path: [key], which: "key", code: "CONFLICT", message: `${message}; remove ${key}` });
  if (section.names !== undefined && !isServerFormat(format)) {
    refuse("names", "is for tensors, which kserve, oip-v2 and mlserver carry");
  }
  for (const [path, list] of namesOf(section.names)) {
    const twice = list.findIndex((one, position) => list.indexOf(one) < position);
    if (twice < 0) continue;
    const message = "stands here twice, and a column has one place; name each column once";
    faults.push({ path: ["names", ...path, twice], code: "CONFLICT", message });
  }
  if (section.component !== undefined && format !== "kserve" && format !== "auto") {
    refuse("component", "only KServe's events name a component");
  }
  const isJoined = role === "inputs" || (role === "inference" && isServerFormat(format));
  if (section.join !== undefined && !isJoined) {
    refuse("join", "only inputs, or a stream of requests and responses, are joined");
  }
  const described = completeFormat(section);
  if (section.schema !== undefined && described !== "native" && described !== "json") {
    refuse("schema", "only native and json streams have one");
  }
  for (const [field, source] of Object.entries(section.map ?? {})) {
    if (typeof source !== "object") continue;
    if (source.as !== undefined && field !== "id") {
      const message = "only an id is written in hex or decimal; remove as";
      faults.push({ path: ["map", field, "as"], which: "key", code: "CONFLICT", message });
    }
    if (source.key !== undefined && section.http === true) {
      const message =
        "what is sent over http has no key; write where in the record, or in which header, it stands";
      faults.push({ path: ["map", field, "key"], which: "key", code: "CONFLICT", message });
    }
    const places = Object.keys(source).filter((key) => key !== "as");
    if (places.length === 1) continue;
    const message = "says where a field stands in one way; keep one of pointer, header, key and value";
    faults.push({ path: ["map", field], code: "CONFLICT", message });
  }
  return faults;
}

/** Panes close that much later, and every half is kept for as long. */
function checkWithin({ join }: StreamSection): FaultAt[] {
  const within = join?.within === undefined ? undefined : parseDuration(join.within);
  if (within === undefined || (within > 0 && within <= DAY)) return [];
  const message =
    within === 0
      ? "would join nothing, for a response comes after its request; write how far apart they may be, such as 1m"
      : "would judge nothing before that time has passed: panes close this much later; write at most 1d";
  return [{ path: ["join", "within"], code: "WRONG_VALUE", message }];
}

/** The lists of names, each with its place under `names`. */
function namesOf(names: StreamSection["names"]): [path: Path, list: readonly string[]][] {
  if (names === undefined) return [];
  if (Array.isArray(names)) return [[[], names]];
  return Object.entries(names).map(([tensor, list]) => [[tensor], list]);
}
