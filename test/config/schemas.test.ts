import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, test } from "vitest";

type Schema = { readonly [key: string]: unknown };

/** Every part of a schema that describes a value, by its pointer. */
function partsOf(schema: Schema, pointer = "#"): [string, Schema][] {
  // By the meaning of these two keywords.
  const below = ["properties", "$defs"].flatMap((key) =>
    Object.entries((schema[key] ?? {}) as Record<string, Schema>).flatMap(([name, part]) =>
      partsOf(part, `${pointer}/${key}/${name}`),
    ),
  );
  return [[pointer, schema], ...below];
}

describe.each(["driftd", "rules", "rule-test", "incidents"])("schemas/%s.json", (name) => {
  const text = readFileSync(new URL(`../../schemas/${name}.json`, import.meta.url), "utf8");
  // The file is a JSON Schema: an object.
  const schema = JSON.parse(text) as Schema;
  const parts = partsOf(schema);
  const properties = parts.filter(([pointer]) => pointer.includes("/properties/"));

  test("describes every property", () => {
    const silent = properties.filter(
      ([, part]) => typeof part["description"] !== "string" && part["$ref"] === undefined,
    );
    expect(silent.map(([pointer]) => pointer)).toEqual([]);
  });

  test("gives an example of every property that has no shared type", () => {
    const silent = properties.filter(
      ([, part]) => part["examples"] === undefined && part["$ref"] === undefined,
    );
    expect(silent.map(([pointer]) => pointer)).toEqual([]);
  });

  test.each(parts.filter(([, part]) => part["examples"] !== undefined))(
    "keeps its examples: %s",
    (_, part) => {
      const { examples, ...rest } = part;
      const ajv = new Ajv2020({ allowUnionTypes: true });
      const { $id: _id, $schema: _schema, ...own } = rest;
      const validate = ajv.compile({ ...own, $defs: schema["$defs"] });
      expect(Array.isArray(examples)).toBe(true);
      for (const example of [examples].flat()) {
        expect([validate(example), validate.errors]).toEqual([true, null]);
      }
    },
  );
});
