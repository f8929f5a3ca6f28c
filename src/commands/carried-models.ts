import type { Config, StreamConfig } from "../config/config.ts";
import type { FaultAt } from "../config/location.ts";
import { isServerFormat } from "../config/streams-section.ts";
import type { Reference } from "../reference/reference.ts";
import type { Model } from "../rules/model.ts";

/** The models whose events, halves or labels a stream may bring: the one that it names, else all. */
export function carriedModels(
  { streams }: Pick<Config, "streams">,
  stream: StreamConfig,
  models: readonly Model[],
): readonly Model[] {
  const source = (streams[stream.of ?? ""] ?? stream).map.model;
  return models.filter(({ name }) => source === undefined || !("value" in source) || source.value === name);
}

/** A label that does not say of which of several models it is belongs to none. */
export function checkLabelModels(config: Config, models: readonly Model[]): FaultAt[] {
  return Object.values(config.streams).flatMap((stream): FaultAt[] => {
    if (stream.role !== "labels" || stream.format !== "json" || stream.map.model !== undefined) return [];
    const carried = carriedModels(config, stream, models).map(({ name }) => name);
    if (carried.length < 2) return [];
    const message = `labels of several models (${carried.join(", ")}) must say which one they are of; add model: /FIELD or model: { value: NAME } to map`;
    return [{ path: ["streams", stream.name, "map"], which: "key", code: "MISSING_KEY", message }];
  });
}

/** Names of which no model knows one leave all features missing. */
export function checkTensorNames(
  config: Config,
  models: readonly Model[],
  references: ReadonlyMap<string, Reference>,
): FaultAt[] {
  return Object.values(config.streams).flatMap((stream): FaultAt[] => {
    // Lists by tensor may be those of the answers.
    if (!isServerFormat(stream.format) || !isList(stream.names) || stream.role === "outputs") return [];
    const known = carriedModels(config, stream, models).flatMap((model) => columnsOf(model, references));
    if (known.length === 0 || stream.names.some((name) => known.includes(name))) return [];
    const message = `none of these is a column of a model of this stream, so all its features would be missing; columns are ${[...new Set(known)].join(", ")}`;
    return [
      {
        path: ["streams", stream.name, "names"],
        which: "key",
        code: "UNKNOWN_NAME",
        level: "warning",
        message,
      },
    ];
  });
}

/** The features that the model file or a reference has. */
function columnsOf(model: Model, references: ReadonlyMap<string, Reference>): string[] {
  const built = Object.values(model.references).flatMap(({ file }) => references.get(file)?.columns ?? []);
  const features = built.filter(({ role }) => role !== "output").map(({ name }) => name);
  return [...features, ...Object.keys(model.columns), ...model.segmentBy.flat()];
}

function isList(names: StreamConfig["names"]): names is readonly string[] {
  return Array.isArray(names);
}
