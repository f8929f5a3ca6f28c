import type { StreamConfig } from "../config/config.ts";
import type { DeclaredSchema } from "../event/declared-schema.ts";
import { createDecoder, type Decoder } from "../event/decoder.ts";
import type { PrivacyKeys } from "../event/ids.ts";
import type { FittedModel } from "../rules/fitted-model.ts";
import { groupStreams, plansOf } from "../engine/task-groups.ts";

export interface DecodersOptions {
  readonly streams: readonly StreamConfig[];
  readonly models: readonly FittedModel[];
  /** By stream: what it declares of its records. */
  readonly schemas?: ReadonlyMap<string, DeclaredSchema>;
  readonly keys: PrivacyKeys;
  /** A record larger than this is not decoded; bytes. */
  readonly maxRecordBytes: number;
}

/** A decoder for every stream that is read, by name. */
export function createDecoders(options: DecodersOptions): Map<string, Decoder> {
  const { streams, models, schemas, keys: key, maxRecordBytes } = options;
  const groups = groupStreams(
    streams,
    models.map(({ model }) => model.name),
  );
  const read = groups.flatMap((group) => group.streams.map(({ name }) => name));
  return new Map(
    read.map((name) => {
      const stream = streams.find((candidate) => candidate.name === name);
      if (stream === undefined) throw new Error(`no stream ${name}`);
      const schema = schemas?.get(name);
      const plans = plansOf(name, groups, models);
      return [
        name,
        createDecoder({ stream, plans, key, limits: { maxRecordBytes }, ...(schema && { schema }) }),
      ];
    }),
  );
}
