import { createHash } from "node:crypto";
import type { Reference } from "../reference/reference.ts";
import type { FittedModel } from "./fitted-model.ts";
import type { Model } from "./model.ts";

/** What a number of a model rests on: SHA-256 of each, in hexadecimal digits. */
export interface Lineage {
  /** Id of the reference. */
  readonly reference: string;
  /** Of all that the rule file says, with what it extends and what is usual; wherever it lies. */
  readonly rules: string;
  /** Of the columns and fields that records should have. */
  readonly schema: string;
  /** Names the bins and columns that are counted. */
  readonly layout: string;
}

export function lineageOf({ model, reference, counting }: FittedModel): Lineage {
  return {
    reference: reference.id,
    rules: rulesHash(model),
    schema: schemaHash(reference),
    layout: counting.layout.id,
  };
}

function rulesHash(model: Model): string {
  const { file: _file, references, ...said } = model;
  const versions = Object.entries(references).map(([version, { sha256 }]) => [version, sha256 ?? null]);
  return hashOf([said, versions]);
}

/** The same for references of the same columns and fields, whatever their counts. */
export function schemaHash({ columns, fields }: Pick<Reference, "columns" | "fields">): string {
  return hashOf([
    columns.map(({ name, type, role, pii }) => [name, type, role, pii]),
    fields?.fields.map(({ name, pointer, counts, absent, values }) => {
      const held = counts.map((count) => count > 0);
      return [name, pointer, held, absent === 0, values ?? null];
    }) ?? null,
  ]);
}

function hashOf(content: unknown): string {
  return createHash("sha256").update(JSON.stringify(content)).digest("hex");
}
