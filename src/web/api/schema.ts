import type { Lineage } from "../../rules/lineage.ts";
import type { Server } from "../../runtime/server.ts";
import type { Score } from "../../statistics/score.ts";
import type { FieldChange } from "../../verdict/field-changes.ts";

/** The fields of a model's records in the last window. */
export interface ShownSchema {
  readonly model: string;
  readonly lineage: Lineage;
  /** Of the measure `schema-drift`. */
  readonly score: Score;
  /** Records of the window, and those of them that were looked at. */
  readonly records: number;
  readonly sampled: number;
  /** What is not as the reference had it. */
  readonly changes: readonly FieldChange[];
  /** Kinds of records that the reference says nothing of, and what was looked at to know what to expect. */
  readonly learnt: readonly ShownKind[];
  /** By name. */
  readonly fields: readonly ShownField[];
}

/** Times are RFC 3339 UTC. */
export interface ShownKind {
  /** `inputs`, `outputs`, the name of a stream of labels, or `events`. */
  readonly kind: string;
  readonly records: number;
  readonly from: string;
  readonly through: string;
  /** Whether that was enough: what comes is held against it. */
  readonly isComplete: boolean;
}

/** Values by type, and of texts by format; of tensors by datatype and cells of a row, as `FP32[4]`. */
export interface ShownField {
  readonly name: string;
  readonly values: Readonly<Record<string, number>>;
  /** The same of the reference's records, or of those that were learnt from; absent where they had no such field. */
  readonly reference?: Readonly<Record<string, number>>;
}

const QUERY_SCHEMA = {
  type: "object",
  additionalProperties: false,
  properties: { model: { type: "string" } },
};

/** `GET /api/schema?model=`: `{schemas: ShownSchema[]}`. */
export function registerSchema(server: Server, { schemas }: { schemas(): readonly ShownSchema[] }): void {
  server.get<{ Querystring: { readonly model?: string } }>(
    "/api/schema",
    { schema: { querystring: QUERY_SCHEMA } },
    (request) => {
      const { model } = request.query;
      return { schemas: schemas().filter((schema) => model === undefined || schema.model === model) };
    },
  );
}
