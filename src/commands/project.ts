import type { ReadConfig } from "../config/config-file.ts";
import type { Config } from "../config/config.ts";
import type { Document } from "../config/document.ts";
import type { Fault } from "../config/fault.ts";
import { faultAt } from "../config/location.ts";
import type { FaultAt } from "../config/location.ts";
import { suggestWord } from "../config/nearest-word.ts";
import type { DeclaredSchema } from "../event/declared-schema.ts";
import type { Reference } from "../reference/reference.ts";
import { subjectOf } from "../rules/measure-terms.ts";
import type { Model } from "../rules/model.ts";
import { isReview } from "../rules/review-section.ts";
import { dataOf } from "../rules/rule-file.ts";
import { measureNamed } from "../statistics/measures.ts";
import { checkActions } from "./action-checks.ts";
import { carriedModels, checkLabelModels, checkTensorNames } from "./carried-models.ts";
import type { LoadedModel } from "./load-rules.ts";

/** Everything that driftd.yaml leads to, read and checked. */
export interface Project {
  /** Undefined where driftd.yaml has errors, or is not there. */
  readonly config?: Config;
  /** Those whose rule files are without error. */
  readonly models: readonly Model[];
  /** By name of the model: its rule file with all that it extends, to say where later findings stand. */
  readonly documents: ReadonlyMap<string, Document>;
  /** By file, as the models name them: those that could be read. */
  readonly references: ReadonlyMap<string, Reference>;
  /** By stream: what it declares of its records. */
  readonly schemas: ReadonlyMap<string, DeclaredSchema>;
  /** By place; files as seen from the working directory. */
  readonly faults: readonly Fault[];
  /** All files that were read, or should have been, absolute. */
  readonly files: readonly string[];
}

/** What no file can know by itself: whether driftd.yaml gives the models what they need. */
export function checkProject(project: {
  read: ReadConfig | undefined;
  loaded: readonly LoadedModel[];
  /** By file, as the models name them. */
  references: ReadonlyMap<string, Reference>;
}): readonly Fault[] {
  const { read, loaded, references } = project;
  const config = read?.config;
  if (read === undefined || config === undefined) return [];
  const models = loaded.map(({ model }) => model);
  return [
    ...loaded.flatMap(({ document, model }) =>
      [
        ...checkKey(dataOf(document), config),
        ...checkLabels(dataOf(document), config),
        ...checkBudget(dataOf(document), config),
        ...checkReference(model),
        ...checkReviewSinks(dataOf(document), config),
        ...checkActions(dataOf(document), config),
      ].map((fault) => faultAt(document, fault)),
    ),
    ...[
      ...checkGroups(config),
      ...checkRawQuarantine(config, models),
      ...checkModels(
        config,
        models.map(({ name }) => name),
      ),
      ...checkLabelModels(config, models),
      ...checkTensorNames(config, models, references),
    ].map((fault) => faultAt(read.document, fault)),
  ];
}

type RuleData = ReturnType<typeof dataOf>;

function checkKey(file: RuleData, config: Config): FaultAt[] {
  if (config.privacy.keyFile !== undefined) return [];
  return Object.entries(file.columns ?? {}).flatMap(([name, column]): FaultAt[] => {
    if (column.pii !== true) return [];
    const message = "hashing needs a key; add privacy: { keyFile: PATH } to driftd.yaml";
    return [{ path: ["columns", name, "pii"], which: "key", code: "PII", message }];
  });
}

function checkLabels(file: RuleData, config: Config): FaultAt[] {
  if (Object.values(config.streams).some(({ role }) => role === "labels")) return [];
  return (file.rules ?? []).flatMap((rule, position): FaultAt[] => {
    const measure = isReview(rule) ? undefined : measureNamed(rule.measure ?? "");
    if (measure === undefined || subjectOf(measure) !== "labels") return [];
    const message = `${measure.name} needs labels, and no stream brings any; add a stream with role: labels`;
    return [{ path: ["rules", position, "measure"], code: "NO_JUDGEMENT", level: "warning", message }];
  });
}

function checkBudget(file: RuleData, config: Config): FaultAt[] {
  if (config.budget === undefined || file.budget === undefined) return [];
  const message = "driftd.yaml has a budget for all models; keep one of the two";
  return [{ path: ["budget"], which: "key", code: "CONFLICT", message }];
}

/** Who picks events must say where they go. */
function checkReviewSinks(file: RuleData, { publish }: Config): FaultAt[] {
  const known = Object.keys(publish.review ?? {});
  return (file.rules ?? []).flatMap((rule, position): FaultAt[] => {
    if (!isReview(rule) || rule.off === true || rule.to === undefined || known.includes(rule.to)) return [];
    const path = ["rules", position, "to"];
    const message =
      known.length === 0
        ? `is nowhere to be found; add publish: { review: { ${rule.to}: { file: reviews.jsonl } } } to driftd.yaml`
        : `is no place under publish.review in driftd.yaml; ${suggestWord(rule.to, known)}`;
    return [{ path, code: "UNKNOWN_NAME", message }];
  });
}

/** Nothing could be measured of a model without a reference. */
function checkReference({ name, references, learn }: Model): FaultAt[] {
  if (references["default"] !== undefined || learn !== undefined) return [];
  const message = `${name} has no reference that serves all versions; add references: { default: { file: PATH } }, of a file made by driftd reference build`;
  return [{ path: ["model"], code: "REFERENCE", message }];
}

/** A label must meet its prediction in one task: partition k of a topic and of a file are not the same k. */
function checkGroups({ streams }: Config): FaultAt[] {
  return Object.values(streams).flatMap(({ name, of, file }): FaultAt[] => {
    const inference = Object.values(streams).find((stream) => stream.name === of);
    if (inference === undefined || (file === undefined) === (inference.file === undefined)) return [];
    const message = `is read from a ${inference.file === undefined ? "topic" : "file"}, and its labels from a ${file === undefined ? "topic" : "file"}; read both from topics, or both from files`;
    return [{ path: ["streams", name, "of"], code: "CONFLICT", message }];
  });
}

/** The bytes of a record hold what its columns and its id were hashed for. */
function checkRawQuarantine(config: Config, models: readonly Model[]): FaultAt[] {
  return Object.values(config.streams).flatMap((stream): FaultAt[] => {
    if (stream.quarantine !== "raw") return [];
    const personal = carriedModels(config, stream, models).flatMap(({ name, id, columns }) => [
      ...(id?.pii === true ? [`ids of ${name}`] : []),
      ...Object.entries(columns).flatMap(([column, { pii }]) =>
        pii === true ? [`${column} of ${name}`] : [],
      ),
    ]);
    if (personal.length === 0) return [];
    const message = `would put personal data into the quarantine as they came (${personal.join(", ")}); write quarantine: { raw: false } for this stream`;
    // Asked for by the stream itself, or by the quarantine for all streams.
    const path = ["streams", stream.name, "quarantine", "raw"];
    return [{ path, code: "PII", message }];
  });
}

/** A stream that is of one model only, which no rule file describes, would be dropped whole. */
function checkModels(config: Config, models: readonly string[]): FaultAt[] {
  if (models.length === 0) return [];
  return Object.values(config.streams).flatMap((stream): FaultAt[] => {
    const source = stream.map.model;
    if (source === undefined || !("value" in source) || models.includes(source.value)) return [];
    const message = `no rule file describes this model; known are ${models.join(", ")}`;
    return [{ path: ["streams", stream.name, "map", "model", "value"], code: "UNKNOWN_NAME", message }];
  });
}

/** A budget in driftd.yaml is for all models: each gets an equal part, so that the sum is what was asked for. */
export function divideBudget(models: readonly Model[], budget: Config["budget"]): readonly Model[] {
  if (budget === undefined) return models;
  const falseAlarms = budget.falseAlarms / models.length;
  return models.map((model) => ({ ...model, budget: { falseAlarms, per: budget.per } }));
}
