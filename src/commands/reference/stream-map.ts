import type { Config, FieldMap, MappedField, StreamConfig } from "../../config/config.ts";
import { formatOfFile } from "../../config/file-format.ts";
import { isServerFormat } from "../../config/streams-section.ts";
import { completeMap, fieldPath } from "../../event/field-map.ts";

/** The model's stream in driftd.yaml: the one of this model alone, or else that tells its models by a field, and carries them all. */
export function modelStream(
  config: Config | undefined,
  { model, isNamed, file }: { readonly model: string; readonly isNamed: boolean; readonly file: string },
): StreamConfig | undefined {
  const streams = Object.values(config?.streams ?? {}).filter(({ role }) => role === "inference");
  const own = streams.find(
    ({ map }) => map.model !== undefined && "value" in map.model && map.model.value === model,
  );
  const shared = streams.filter(({ map }) => isNamed && !(map.model !== undefined && "value" in map.model));
  return own ?? shared.find((one) => one.file === file) ?? (shared.length === 1 ? shared[0] : undefined);
}

/** The stream that brings the labels of another: the one of this file, or the only one. */
export function labelStream(
  config: Config | undefined,
  { of, file }: { readonly of: StreamConfig | undefined; readonly file: string },
): StreamConfig | undefined {
  const streams = Object.values(config?.streams ?? {}).filter(
    (stream) => stream.role === "labels" && (of === undefined || stream.of === of.name),
  );
  return streams.find((one) => one.file === file) ?? (streams.length === 1 ? streams[0] : undefined);
}

/**
 * What a stream's map says of a file of its records, which wins over what would be guessed: a file has no headers and keys, and
 * whole events do not have the places of requests and responses.
 */
export function mapInFile(stream: StreamConfig | undefined): FieldMap {
  const isServer = isServerFormat(stream?.format);
  const inFile = Object.entries(stream?.map ?? {}).filter(
    ([, source]) => ("pointer" in source && !isServer) || "value" in source,
  );
  return Object.fromEntries(inFile);
}

/** The columns of a model server's response that are its answers, where a file of whole events has them under the same names. */
export function answersOfServer(stream: StreamConfig | undefined): FieldMap {
  if (!isServerFormat(stream?.format)) return {};
  const { score, decision, value } = stream?.map ?? {};
  return { ...(score && { score }), ...(decision && { decision }), ...(value && { value }) };
}

/**
 * Where run looks for the fields of the stream's events, the format's own places among them; undefined where the file is of
 * another kind than what the stream carries, so that places do not compare: a table for JSON, or whole events for requests and
 * responses of a model server. The truth comes by another stream.
 */
export function placesInFile(stream: StreamConfig | undefined, file: string): FieldMap | undefined {
  const isTable = !["lines", undefined].includes(formatOfFile(file));
  if (stream === undefined || isServerFormat(stream.format)) return undefined;
  if (isTable !== ["csv", "parquet", "arrow"].includes(stream.format)) return undefined;
  const { truth: _truth, ...places } = completeMap(stream.format, {});
  return { ...places, ...mapInFile(stream) };
}

/** Columns by field, named as inference names them. */
export function fieldsOf(map: FieldMap): Partial<Record<MappedField, string>> {
  const named = Object.keys(map).flatMap((key) => {
    // Object.keys forgets what the keys of a map are.
    const field = key as MappedField;
    const path = fieldPath(map, field);
    return path === undefined ? [] : [[field, path.join(".")]];
  });
  return Object.fromEntries(named);
}
