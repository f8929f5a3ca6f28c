import type { Config, FieldMap, MappedField } from "../../config/config.ts";
import { fieldPath } from "../../event/field-map.ts";

/**
 * The map of the model's stream in driftd.yaml wins over what would be guessed: of the stream that is of this model alone, or
 * else that tells its models by a field, and carries them all. A file of values has no headers and keys.
 */
export function streamMap(
  config: Config | undefined,
  { model, isNamed, file }: { readonly model: string; readonly isNamed: boolean; readonly file: string },
): FieldMap {
  const streams = Object.values(config?.streams ?? {}).filter(({ role }) => role === "inference");
  const own = streams.find(
    ({ map }) => map.model !== undefined && "value" in map.model && map.model.value === model,
  );
  const shared = streams.filter(({ map }) => isNamed && !(map.model !== undefined && "value" in map.model));
  const stream =
    own ?? shared.find((one) => one.file === file) ?? (shared.length === 1 ? shared[0] : undefined);
  const inFile = Object.entries(stream?.map ?? {}).filter(
    ([, source]) => "pointer" in source || "value" in source,
  );
  return Object.fromEntries(inFile);
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
