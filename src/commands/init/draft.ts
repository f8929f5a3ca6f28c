import type { Config, FieldSource, MappedField, StreamConfig } from "../../config/config.ts";
import { CodedError } from "../../config/coded-error.ts";
import { readConfig } from "../../config/config-file.ts";
import { formatFault, hasErrors } from "../../config/fault.ts";
import type { Fault } from "../../config/fault.ts";
import { resolvePath } from "../../config/path.ts";
import { completeMap } from "../../event/field-map.ts";
import { readModel } from "../../rules/model-file.ts";
import type { Model } from "../../rules/model.ts";
import { MEASURES } from "../../statistics/measures.ts";
import { configText, sourceText, streamLines } from "./config-text.ts";
import type { ConfigParts, Origin } from "./config-text.ts";
import type { FoundLabels } from "./found-labels.ts";
import { pointerOf } from "./guess.ts";
import type { Guess } from "./guess.ts";
import { fileNameOf } from "./origin.ts";
import { chooseWindow } from "./pace.ts";
import type { WindowChoice } from "./pace.ts";
import type { ServerEvents } from "./server-events.ts";
import { rulesText } from "./rules-text.ts";

/** Where the files of a model stand, as seen from the project's directory. */
export interface Places {
  readonly rules: string;
  readonly scenarios: string;
  readonly reference: string;
  readonly schema: string;
}

/** A project in memory: what its files will say, and what they say to driftd. */
export interface Draft {
  readonly places: Places;
  readonly config: Config;
  /** The text of driftd.yaml; absent where there is one that fits. */
  readonly configText?: string;
  readonly model: Model;
  readonly window: WindowChoice;
  /** Whether its stream holds records against a schema. */
  readonly hasSchema: boolean;
  /** The text of the rule file, which names its reference once that is built. @param id of the reference */
  rulesText(id?: string): string;
}

/** A driftd.yaml that is there already, and its stream of the source, if it has one. */
export interface Existing {
  readonly config: Config;
  readonly stream: StreamConfig | undefined;
}

export interface DraftOptions {
  readonly guess: Guess;
  /** Where the truth comes apart from the predictions. */
  readonly labels: FoundLabels | undefined;
  /** Where the records are requests and responses of a model server. */
  readonly server: Pick<ServerEvents, "format" | "answers"> | undefined;
  readonly origin: Origin;
  /** As named on the command line: an existing driftd.yaml must say the same. */
  readonly fields: Readonly<Partial<Record<MappedField, string>>>;
  readonly directory: string;
  readonly existing: Existing | undefined;
  /** The command line that builds the reference anew. */
  buildLine(places: Places): string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

const KEY_FILE = "./driftd.key";

/** @throws CodedError USAGE where a driftd.yaml that is there lacks something, with the lines to add */
export function draftProject(options: DraftOptions): Draft {
  const { guess, directory, existing, buildLine, env } = options;
  const { model, columns, personal, unique, personalId, segments, pace, rows } = guess;
  const name = fileNameOf(model.name);
  const places = {
    rules: `rules/${name}.yaml`,
    scenarios: `rules/${name}.test.yaml`,
    reference: `reference/${name}.arrow`,
    schema: `schemas/${name}.json`,
  };
  const parts = configParts(options, name, places);
  const text = existing === undefined ? configText(parts) : undefined;
  const config = existing === undefined ? readDraft({ parts, text: text ?? "", env }) : existing.config;
  if (existing !== undefined) requireFit(existing, parts, options.fields);
  const window = chooseWindow(pace);
  const hasLabels = Object.values(config.streams).some(({ role }) => role === "labels");
  const isTrue = options.labels !== undefined || guess.inferred.map.truth !== undefined;
  const labelled = hasLabels && isTrue ? answerOf(columns) : undefined;
  const write = (id?: string): string =>
    rulesText({
      model: model.name,
      reference: { file: `../${places.reference}`, ...(id === undefined ? {} : { id }) },
      buildLine: buildLine(places),
      columns,
      personal,
      unique,
      hasPersonalIds: personalId !== undefined,
      segments,
      window,
      pace,
      rows,
      ...(labelled === undefined ? {} : { labelled }),
    });
  const file = resolvePath(directory, places.rules);
  const read = readModel({ text: write(), file, extended: new Map(), measures: MEASURES });
  if (read.model === undefined || hasErrors(read.faults)) throw unsound(read.faults);
  return {
    places,
    config,
    ...(text === undefined ? {} : { configText: text }),
    model: read.model,
    window,
    hasSchema: parts.schema !== undefined,
    rulesText: write,
  };
}

function configParts(
  { guess, labels, server, origin, directory }: DraftOptions,
  name: string,
  places: Places,
): ConfigParts {
  const { inferred, map, personal } = guess;
  const format = server?.format ?? inferred.format;
  const isJson = format === "json" || format === "native";
  const truth = inferred.map.truth;
  return {
    directory,
    stream: name,
    origin,
    format,
    map: server === undefined ? (format === "native" ? withoutUsual(map) : map) : serverMap(server, guess),
    ...(isJson ? { schema: places.schema } : {}),
    ...(personal.size > 0 ? { keyFile: KEY_FILE } : {}),
    ...labelParts({ guess, labels, origin, truth }),
    isTimeless: server === undefined && map.time === undefined,
  };
}

/** Of a topic's own truth nobody knows yet how it comes. */
function labelParts({
  guess: { map, inferred },
  labels,
  origin,
  truth,
}: Pick<DraftOptions, "guess" | "labels" | "origin"> & { truth: FieldSource | undefined }): Pick<
  ConfigParts,
  "labels"
> {
  const { id, time, model } = map;
  if (labels !== undefined) {
    const { file, format, map: own } = labels;
    return { labels: { file, format, isApart: true, map: own } };
  }
  if (truth === undefined || id === undefined || time === undefined || origin.kind === "topic") return {};
  const { file } = origin;
  const same = { id, time, ...(model && { model }), truth };
  return { labels: { file, format: inferred.format, isApart: false, map: same } };
}

/** What the format does not know by itself: where the answers stand, and the model where no record names it. */
function serverMap({ answers }: Pick<ServerEvents, "answers">, { model }: Guess): ConfigParts["map"] {
  const places = Object.entries(answers).map(([output, column]) => [
    output,
    { pointer: pointerOf([column]) },
  ]);
  const named = model.field === undefined ? { model: { value: model.name } } : {};
  return { ...named, ...Object.fromEntries(places) };
}

/** The places that native events have anyway. */
function withoutUsual(map: ConfigParts["map"]): ConfigParts["map"] {
  const usual = completeMap("native", {});
  const isUsual = ([field, source]: [string, FieldSource]): boolean => {
    const own = Object.entries(usual).find(([name]) => name === field)?.[1];
    return own !== undefined && "pointer" in own && "pointer" in source && own.pointer === source.pointer;
  };
  return Object.fromEntries(Object.entries(map).filter((entry) => !isUsual(entry)));
}

/** What was just written must be read without fault: else a name in the data is one that no driftd.yaml can hold. */
function readDraft(draft: { parts: ConfigParts; text: string; env: DraftOptions["env"] }): Config {
  const { parts, text, env } = draft;
  const { config, faults } = readConfig({ text, file: resolvePath(parts.directory, "driftd.yaml"), env });
  if (config === undefined || hasErrors(faults)) throw unsound(faults);
  return config;
}

function unsound(faults: readonly Fault[]): CodedError {
  const told = faults.map(formatFault).join("\n");
  const message = `What was to be written would have these faults, so nothing was written:\n${told}\nA name in the data may be one that no configuration can hold: change it, or name another model with --model.`;
  return new CodedError("SOURCE_INVALID", message);
}

function requireFit({ config, stream }: Existing, parts: ConfigParts, fields: DraftOptions["fields"]): void {
  const isKeyless = parts.keyFile !== undefined && config.privacy.keyFile === undefined;
  const named = Object.entries(parts.map).filter(([field]) => field in fields);
  const places = Object.entries(completeMap(stream?.format ?? "json", stream?.map ?? {}));
  const unmapped = named.filter(
    ([field, source]) =>
      !places.some(([name, place]) => name === field && JSON.stringify(place) === JSON.stringify(source)),
  );
  const missing = [
    ...(stream === undefined || unmapped.length === 0
      ? []
      : [
          `in the map of ${stream.name}:`,
          ...unmapped.map(([field, source]) => `  ${field}: ${sourceText(source)}`),
        ]),
    ...(stream === undefined ? ["under streams:", ...streamLines(parts)] : []),
    ...(isKeyless
      ? [`privacy: { keyFile: ${KEY_FILE} }  # make it with: head -c 32 /dev/urandom > driftd.key`]
      : []),
  ];
  if (missing.length === 0) return;
  const message = `driftd.yaml is there already, and nothing was written. Add this to it and run init again, or overwrite it with --force:\n${missing.join("\n")}`;
  throw new CodedError("USAGE", message);
}

/** What labels are held against. */
function answerOf(columns: Guess["columns"]): "score" | "decision" | "value" | undefined {
  return (["score", "decision", "value"] as const).find((one) =>
    columns.some(({ name }) => name === `prediction.${one}`),
  );
}
