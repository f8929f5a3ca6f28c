import type { FieldMap, FieldSource, MappedField, StreamFormat } from "../config/config.ts";
import { isServerFormat } from "../config/streams-section.ts";
import type { ColumnPlan } from "./batch.ts";
import { classOfProbability } from "./probabilities.ts";

/** Where schemas/inference-event.json and schemas/label-event.json put the fields of an event. */
const NATIVE: FieldMap = {
  id: { pointer: "/id" },
  time: { pointer: "/time" },
  model: { pointer: "/model" },
  version: { pointer: "/version" },
  segment: { pointer: "/segment" },
  features: { pointer: "/features" },
  score: { pointer: "/prediction/score" },
  decision: { pointer: "/prediction/decision" },
  probabilities: { pointer: "/prediction/probabilities" },
  value: { pointer: "/prediction/value" },
  truth: { pointer: "/truth" },
};

/** Columnar files and csv are flat: every field is a column of its own name, and so is every feature. */
const FLAT: FieldMap = {
  id: { pointer: "/id" },
  time: { pointer: "/time" },
  model: { pointer: "/model" },
  version: { pointer: "/version" },
  features: { pointer: "" },
  score: { pointer: "/score" },
  decision: { pointer: "/decision" },
  value: { pointer: "/value" },
  truth: { pointer: "/truth" },
};

/**
 * A stream's own map over what its format says. A json record without a map has its features at the top. What model servers
 * send is read by the readers of its format, which ask the map first.
 */
export function completeMap(format: StreamFormat, map: FieldMap): FieldMap {
  if (isServerFormat(format)) return map;
  if (format === "native") return { ...NATIVE, ...map };
  if (format === "json") return { features: { pointer: "" }, ...map };
  return { ...FLAT, ...map };
}

/** The unescaped tokens of a JSON Pointer (RFC 6901); [] for the whole record, undefined if it is no pointer. */
function parsePointer(pointer: string): string[] | undefined {
  if (pointer === "") return [];
  if (!pointer.startsWith("/")) return undefined;
  return pointer
    .slice(1)
    .split("/")
    .map((token) => token.replaceAll("~1", "/").replaceAll("~0", "~"));
}

/** The tokens that lead to a mapped field; undefined where the map does not place it in the record. */
export function fieldPath(map: FieldMap, field: MappedField): string[] | undefined {
  const source: FieldSource | undefined = map[field];
  return source !== undefined && "pointer" in source ? parsePointer(source.pointer) : undefined;
}

/** Every place where a column's value may stand, the one that wins first. */
export function columnPaths(map: FieldMap, column: ColumnPlan): string[][] {
  const features = fieldPath(map, "features");
  const segment = fieldPath(map, "segment");
  const paths: (string[] | undefined)[] = [];
  if (column.role === "feature") paths.push(features && [...features, column.name]);
  else if (column.role === "segment") {
    paths.push(segment && [...segment, column.name], features && [...features, column.name]);
  } else if (column.role === "probability") {
    const probabilities = fieldPath(map, "probabilities");
    paths.push(probabilities && [...probabilities, classOfProbability(column.name)]);
  } else if (column.role === "truth") paths.push(fieldPath(map, "truth"));
  else if (column.name === "prediction.score") paths.push(fieldPath(map, "score"));
  else if (column.name === "prediction.decision") paths.push(fieldPath(map, "decision"));
  else if (column.name === "prediction.value") paths.push(fieldPath(map, "value"));
  return paths.filter((path) => path !== undefined);
}
