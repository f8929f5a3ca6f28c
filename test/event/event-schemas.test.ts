import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import { DROP_REASONS } from "../../src/event/reason.ts";
import type { EventPlan } from "../../src/event/batch.ts";
import { cellsOf, columnOf, decoderOf, NOW, planOf, recordsOf, streamOf } from "./records-of.ts";

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly examples?: readonly object[];
}

function readSchema(name: string): Schema {
  const parsed: Schema = JSON.parse(
    readFileSync(new URL(`../../schemas/${name}.json`, import.meta.url), "utf8"),
  );
  return parsed;
}

/** Every part of a schema that has examples, the whole first. */
function partsOf(schema: Schema): Schema[] {
  const parts = Object.values(schema.properties ?? {}).flatMap(partsOf);
  return schema.examples === undefined ? parts : [schema, ...parts];
}

const inference = planOf(
  [
    columnOf({ name: "amount" }),
    columnOf({ name: "card", type: "category", categories: ["visa", "amex"] }),
    columnOf({ name: "returning", type: "boolean" }),
    columnOf({ name: "region", type: "category", role: "segment", categories: ["eu"] }),
    columnOf({ name: "prediction.score", role: "output" }),
    columnOf({ name: "prediction.decision", role: "output", type: "category", categories: ["deny"] }),
    columnOf({ name: "prediction.value", role: "output" }),
  ],
  { model: "fraud" },
);
const label = planOf([columnOf({ name: "truth", role: "truth" })], { model: "fraud", needsId: true });

/** Reasons and cells of the whole examples. */
function decode(schema: Schema, plan: EventPlan) {
  const examples = schema.examples ?? [];
  const decoder = decoderOf([plan], streamOf({ role: plan === label ? "labels" : "inference" }));
  const timestamps = new Float64Array(examples.length).fill(Date.UTC(2026, 0, 8, 12));
  const { batches } = decoder.decode(recordsOf(examples, { timestamps }), { now: NOW + 30 * 86_400_000 });
  return examples.map((_, row) => [DROP_REASONS[batches[0].reason[row] - 1], ...cellsOf(batches[0], row)]);
}

describe.each(["inference-event", "label-event"])("schemas/%s.json", (name) => {
  it("accepts its examples, the whole ones and those of its members", () => {
    const failed = partsOf(readSchema(name)).flatMap((part) => {
      const validate = new Ajv2020({ allowUnionTypes: true }).compile(part);
      return (part.examples ?? []).filter((example) => !validate(example));
    });
    expect(failed).toEqual([]);
  });
});

describe("the examples", () => {
  it("decode", () => {
    expect(decode(readSchema("inference-event"), inference)).toEqual([
      [undefined, 120.5, "visa", "true", "eu", 0.91, "deny", undefined],
      [undefined, 3, "amex", "false", undefined, undefined, undefined, 17.25],
    ]);
    expect(decode(readSchema("label-event"), label)).toEqual([
      [undefined, 1],
      [undefined, 0],
    ]);
  });
});
