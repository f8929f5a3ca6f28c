import { Ajv2020 } from "ajv/dist/2020.js";
import { expect, it } from "vitest";
import { createDecoder } from "../../src/event/decoder.ts";
import { publicKeys } from "../../src/event/ids.ts";
import { FieldTally } from "../../src/reference/field-tally.ts";
import { inferSchema, type JsonSchema } from "../../src/reference/json-schema.ts";
import { batchOf, LIMITS, START, streamsOf } from "../engine/fixture.ts";

function schemaOf(values: readonly object[], pii = false): JsonSchema {
  const [stream] = streamsOf(false);
  const region = { name: "region", type: "category", role: "feature", pii, categories: [] } as const;
  const plans = [{ model: "m", needsId: false, columns: [region] }];
  const decoder = createDecoder({ stream, plans, key: publicKeys(), limits: LIMITS });
  const tally = new FieldTally();
  const sent = values.map((value) => ({ timestamp: START, value }));
  tally.observe(decoder.decode(batchOf({ stream: "s", partition: 0, firstOffset: 0 }, sent), { now: START }));
  const fields = tally.finish();
  if (fields === undefined) throw new Error("no fields");
  return inferSchema(fields, new Set(pii ? ["region"] : []));
}

const EVENTS = Array.from({ length: 200 }, (_, i) => ({
  id: `e${i}`,
  time: START,
  at: "2026-01-05T00:00:00Z",
  features: {
    amount: i % 2 === 0 ? i : i / 2,
    count: i,
    region: ["eu", "us"][i % 2],
    "a/b": i % 3 === 0 ? null : true,
    mixed: i % 2 === 0 ? "2026-01-05" : 5,
  },
  ...(i % 4 === 0 ? { meta: { trace: "t" } } : {}),
  items: i % 2 === 0 ? [] : [{ price: 1.5 }, { price: 2, sale: "x" }],
}));

it("says what every record fulfils: types, what is always there, formats, and few texts", () => {
  expect(schemaOf(EVENTS)).toEqual({
    $schema: "https://json-schema.org/draft/2020-12/schema",
    type: "object",
    properties: {
      at: { type: "string", format: "date-time" },
      features: {
        type: "object",
        properties: {
          "a/b": { type: ["null", "boolean"] },
          amount: { type: "number" },
          count: { type: "integer" },
          mixed: { type: ["integer", "string"], format: "date" },
          region: { type: "string", enum: ["eu", "us"] },
        },
        required: ["a/b", "amount", "count", "mixed", "region"],
      },
      id: { type: "string" },
      items: {
        type: "array",
        items: {
          type: "object",
          properties: { price: { type: "number" }, sale: { type: "string" } },
          required: ["price"],
        },
      },
      time: { type: "integer" },
      meta: { type: "object", properties: { trace: { type: "string" } }, required: ["trace"] },
    },
    required: ["at", "features", "id", "items", "time"],
  });
});

it("is fulfilled by the records that it was inferred from, and not by others", () => {
  const validate = new Ajv2020({ strict: false, validateFormats: false }).compile(schemaOf(EVENTS));
  expect(EVENTS.filter((event) => !validate(event))).toEqual([]);
  const [first] = EVENTS;
  for (const features of [{ ...first.features, region: "mars" }, { ...first.features, count: 1.5 }, {}]) {
    expect(validate({ ...first, features })).toBe(false);
  }
});

it("enumerates no hashes of a hashed column, which no record holds", () => {
  const { properties } = schemaOf(EVENTS, true);
  expect(properties?.["features"]?.properties?.["region"]).toEqual({ type: "string" });
});
