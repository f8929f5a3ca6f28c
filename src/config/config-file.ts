import type { Config, HttpConfig, KafkaConfig, PrivacyConfig } from "./config.ts";
import { readDocument } from "./document.ts";
import type { Document } from "./document.ts";
import { hasErrors, sortFaults } from "./fault.ts";
import type { Fault } from "./fault.ts";
import { driftdSchema } from "./generated/driftd.ts";
import type { DriftdFile, KafkaSection } from "./generated/driftd.ts";
import { faultAt } from "./location.ts";
import { directoryOf, resolvePath } from "./path.ts";
import { milliseconds, parseSize } from "./quantity.ts";
import { compileSchema } from "./schema.ts";
import type { SchemaCheck } from "./schema.ts";
import { checkState, completeState } from "./state-section.ts";
import { DEFAULT_FLOOR } from "./privacy-floor.ts";
import { checkPublish, completePublish } from "./publish-section.ts";
import { checkQuarantine, completeQuarantine, quarantineOf } from "./quarantine-section.ts";
import { checkReports, completeReports } from "./reports-section.ts";
import { checkStreams } from "./stream-checks.ts";
import { completeStream } from "./streams-section.ts";
import type { Environment } from "./substitution.ts";
import { checkWrittenFiles } from "./written-files.ts";

let compiled: SchemaCheck | undefined;

export interface ReadConfig {
  /** Only where there is no error; warnings may stand beside it. */
  readonly config?: Config;
  /** To say where later findings stand. */
  readonly document: Document;
  /** The globs of rule files, resolved: also of a file with errors, so that rule files can be checked with it. */
  readonly rules: readonly string[];
  readonly faults: readonly Fault[];
}

/** Reads the text of driftd.yaml. `file` is its path: absolute, if the paths in the result are to be. */
export function readConfig(source: { text: string; file: string; env: Environment }): ReadConfig {
  const document = readDocument({ text: source.text, file: source.file, environment: source.env });
  if (document.data === undefined) return { document, rules: [], faults: document.faults };
  if (document.data === null)
    return { document, rules: [], faults: [...document.faults, emptyFile(document)] };
  compiled ??= compileSchema(driftdSchema);
  const { faults: schemaFaults, sound } = compiled(document);
  const consequences = [
    ...schemaFaults,
    ...checkStreams(document, sound),
    ...checkQuarantine(document, sound),
    ...checkPublish(document, sound),
    ...checkReports(document, sound),
    ...checkState(document, sound),
    ...checkWrittenFiles(document, sound),
  ];
  const faults = sortFaults([...document.faults, ...consequences.filter(isNews(document.faults))]);
  // Read as it may be: what is not as the schema wants it has been reported.
  const file = document.data as DriftdFile;
  const directory = directoryOf(source.file);
  const rules = sound(["rules"]) ? (file.rules ?? []).map((glob) => resolvePath(directory, glob)) : [];
  if (hasErrors(faults)) return { document, rules, faults };
  return { config: { ...complete(file, directory), rules }, document, rules, faults };
}

/** A value whose variable is not set is no broker, either, and no URL; that needs no saying. */
function isNews(known: readonly Fault[]): (fault: Fault) => boolean {
  const unset = known.filter(({ code }) => code === "ENVIRONMENT");
  return ({ line, column }) => !unset.some((fault) => fault.line === line && fault.column === column);
}

/** A file with nothing in it. */
export function emptyFile(document: Document): Fault {
  return faultAt(document, { path: [], code: "MISSING_KEY", message: "is empty; begin with version: 1" });
}

function complete(file: DriftdFile, directory: string): Omit<Config, "rules"> {
  const resolve = (path: string): string => resolvePath(directory, path);
  return {
    directory,
    ...(file.kafka && { kafka: completeKafka(file.kafka, resolve) }),
    streams: Object.fromEntries(
      Object.entries(file.streams).map(([stream, section]) => [
        stream,
        { ...completeStream(stream, section, resolve), ...quarantineOf(section, file.quarantine) },
      ]),
    ),
    state: completeState(file, resolve),
    privacy: completePrivacy(file, resolve),
    ...(file.quarantine && { quarantine: completeQuarantine(file.quarantine, resolve) }),
    publish: completePublish(file, resolve),
    ...(file.reports && { reports: completeReports(file, resolve) }),
    http: completeHttp(file, resolve),
    metrics: { segments: file.metrics?.segments ?? "firing", maxLines: file.metrics?.maxLines ?? 20_000 },
    ...(file.budget && {
      budget: { falseAlarms: file.budget.falseAlarms, per: milliseconds(file.budget.per, 0) },
    }),
  };
}

function completeKafka(section: KafkaSection, resolve: (path: string) => string): KafkaConfig {
  const { tls, sasl } = section;
  return {
    brokers: section.brokers.flatMap((entry) => entry.split(",").map((broker) => broker.trim())),
    group: section.group,
    clientId: section.clientId ?? "driftd",
    ...(tls && { tls: Object.fromEntries(Object.entries(tls).map(([key, path]) => [key, resolve(path)])) }),
    ...(sasl && { sasl: { ...sasl, passwordFile: resolve(sasl.passwordFile) } }),
    sessionTimeout: milliseconds(section.sessionTimeout, 30_000),
    maxRecordBytes: parseSize(section.maxRecordBytes ?? "1MiB") ?? 0,
  };
}

function completeHttp({ http }: DriftdFile, resolve: (path: string) => string): HttpConfig {
  return {
    host: http?.host ?? "0.0.0.0",
    port: http?.port ?? 9464,
    ...(http?.tokenFile !== undefined && { tokenFile: resolve(http.tokenFile) }),
    maxBodyBytes: parseSize(http?.maxBodyBytes ?? "16MiB") ?? 0,
  };
}

function completePrivacy({ privacy }: DriftdFile, resolve: (path: string) => string): PrivacyConfig {
  return {
    ...(privacy?.keyFile !== undefined && { keyFile: resolve(privacy.keyFile) }),
    floor: privacy?.floor ?? DEFAULT_FLOOR,
  };
}
