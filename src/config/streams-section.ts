import { formatOfFile } from "./file-format.ts";
import { parseDuration } from "./quantity.ts";
import type { FieldMap, FieldSource, ServerFormat, StreamConfig, StreamFormat } from "./config.ts";
import type { FieldSource as SourceText, StreamSection } from "./generated/driftd.ts";

/** A stream that has been checked, with its defaults. */
export function completeStream(
  name: string,
  section: StreamSection,
  resolve: (path: string) => string,
): StreamConfig {
  const { role, of, topic, file, http, names, schema, from } = section;
  const format = completeFormat(section);
  const namesComponent = format === "kserve" || format === "auto";
  const isJoined = role === "inputs" || (role === "inference" && isServerFormat(format));
  return {
    name,
    role,
    ...(of !== undefined && { of }),
    ...(topic !== undefined && { topic }),
    ...(file !== undefined && { file: resolve(file) }),
    ...(http !== undefined && { http }),
    format,
    ...(names !== undefined && { names }),
    ...(namesComponent && { component: section.component ?? "predictor" }),
    ...(isJoined && { joinWithin: parseDuration(section.join?.within ?? "1m") ?? 0 }),
    ...(schema !== undefined && { schema: resolve(schema) }),
    map: readMap(section),
    from: topic === undefined ? "earliest" : (startOf(from ?? "committed") ?? "committed"),
    maxAhead: parseDuration(section.maxAhead ?? "5m") ?? 0,
    idleAfter: parseDuration(section.idleAfter ?? "60s") ?? 0,
  };
}

/** Whether model servers write it: requests and responses, not events. */
export function isServerFormat(format: StreamFormat | undefined): format is ServerFormat {
  return format === "kserve" || format === "oip-v2" || format === "mlserver" || format === "auto";
}

export function completeFormat(section: StreamSection): StreamFormat {
  if (section.format !== undefined) return section.format;
  const ending = section.file === undefined ? undefined : formatOfFile(section.file);
  if (ending !== undefined && ending !== "lines") return ending;
  return section.map === undefined ? "native" : "json";
}

/** A time without zone is UTC. Undefined where there is no such day. */
export function startOf(from: string): StreamConfig["from"] | undefined {
  if (from === "earliest" || from === "latest" || from === "committed") return from;
  const zoned = !from.includes("T") || /(Z|[+-]\d{2}:\d{2})$/.test(from) ? from : `${from}Z`;
  const time = Date.parse(zoned);
  return Number.isNaN(time) ? undefined : time;
}

function readMap(section: StreamSection): FieldMap {
  return Object.fromEntries(
    Object.entries(section.map ?? {}).map(([field, source]) => {
      const place = fieldSource(source);
      // HTTP knows no case, and Node writes all names small.
      const isHttp = section.http === true && "header" in place;
      return [field, isHttp ? { ...place, header: place.header.toLowerCase() } : place];
    }),
  );
}

/** The checks let one place through. */
function fieldSource(source: SourceText): FieldSource {
  if (typeof source === "string") return { pointer: source };
  const how = source.as === undefined ? {} : { as: source.as };
  if (source.pointer !== undefined) return { pointer: source.pointer, ...how };
  if (source.header !== undefined) return { header: source.header, ...how };
  return source.key === true ? { key: true, ...how } : { value: source.value ?? "", ...how };
}
