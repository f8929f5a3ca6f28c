import { expect, it } from "vitest";
import { compileDeclared } from "../../src/event/declared-schema.ts";

const SCHEMA = {
  type: "object",
  required: ["id", "features"],
  properties: {
    id: { type: "string", maxLength: 4 },
    features: {
      type: "object",
      additionalProperties: false,
      properties: { amount: { type: "number", minimum: 0 }, "a/b": {} },
    },
    items: { type: "array", items: { type: "object", required: ["price"] } },
    at: { format: "date-time" },
  },
};

function violationsOf(record: unknown): string[] {
  const schema = compileDeclared(SCHEMA);
  if (typeof schema === "string") throw new Error(schema);
  return schema.violations(record).map(({ field, keyword }) => `${field} ${keyword}`);
}

it("names fields and keywords, and never a value", () => {
  expect(violationsOf({ id: "e1", features: { amount: 3 }, at: "never" })).toEqual([]);
  expect(violationsOf({ id: "secret", features: { amount: -4711, new: 1 } })).toEqual([
    "/id maxLength",
    "/features/new additionalProperties",
    "/features/amount minimum",
  ]);
  expect(violationsOf({ features: 5, items: [{}, { price: 1 }, {}] })).toEqual([
    "/id required",
    "/features type",
    "/items/[]/price required",
  ]);
});

it("says what is no schema", () => {
  expect(compileDeclared("text")).toBe("is no JSON Schema");
  expect(compileDeclared({ type: "nothing" })).toMatch(/^is no JSON Schema: /);
});
