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
  const within = ["items", "additionalProperties", "then", "else"].flatMap((key) => {
    const part = schema[key];
    // A map that is none is `true`, `false` or missing.
    return typeof part === "object" ? partsOf(part as Schema, `${pointer}/${key}`) : [];
  });
  return [[pointer, schema], ...below, ...within];
}

/** Those that are keys of a file: editors show their description, and offer their example. */
function isKey([pointer]: [string, Schema]): boolean {
  return /\/properties\/[^/]+$/.test(pointer);
}

describe.each(["driftd", "rules", "rule-test", "incidents"])("schemas/%s.json", (name) => {
  const text = readFileSync(new URL(`../../schemas/${name}.json`, import.meta.url), "utf8");
  // The file is a JSON Schema: an object.
  const schema = JSON.parse(text) as Schema;
  const parts = partsOf(schema);
  const keys = parts.filter(isKey);

  test("describes every key in sentences, and shows an example", () => {
    expect(keys.length).toBeGreaterThan(5);
    const shared = new Map(parts);
    const silent = keys.filter(([, part]) => {
      // What a key does not say of itself its shared type says.
      const { description, examples } = { ...shared.get(String(part["$ref"])), ...part };
      return typeof description !== "string" || !description.endsWith(".") || !Array.isArray(examples);
    });
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
