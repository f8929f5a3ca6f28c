import { expect, it } from "vitest";
import { createDecoder } from "../../src/event/decoder.ts";
import { FIELD_SLOTS } from "../../src/event/field-slots.ts";
import { publicKeys } from "../../src/event/ids.ts";
import type { ExpectedField, ExpectedFields } from "../../src/counts/expected-fields.ts";
import { FieldTally } from "../../src/reference/field-tally.ts";
import { batchOf, LIMITS, START, streamsOf } from "../engine/fixture.ts";

function tallyOf(values: readonly object[], cut = values.length): ExpectedFields | undefined {
  const [stream] = streamsOf(false);
  const text = { type: "category", role: "feature", pii: false, categories: [] } as const;
  const columns = ["region", "note"].map((name) => ({ name, ...text }));
  const plan = { model: "m", needsId: false, columns };
  const decoder = createDecoder({ stream, plans: [plan], key: publicKeys(), limits: LIMITS });
  const tally = new FieldTally();
  for (let from = 0; from < values.length; from += cut) {
    const sent = values.slice(from, from + cut).map((value) => ({ timestamp: START, value }));
    const batch = batchOf({ stream: "s", partition: 0, firstOffset: from }, sent);
    tally.observe(decoder.decode(batch, { now: START }));
  }
  return tally.finish();
}

function fieldOf(tallied: ExpectedFields | undefined, name: string): ExpectedField | undefined {
  return tallied?.fields.find((field) => field.name === name);
}

const EVENTS = Array.from({ length: 400 }, (_, i) => ({
  id: `e${i}`,
  time: START,
  model: "m",
  features: { amount: i / 2, region: i < 390 ? ["eu", "us"][i % 2] : `rare ${i}`, note: `free text ${i}` },
  ...(i % 4 === 0 ? { meta: { trace: `t${i}`, ...(i === 0 ? { once: 1 } : {}) } } : {}),
  items: [{ price: 1 }, { price: 2.5 }],
  plan: "a text that nobody asked for",
}));

it("counts what every field held, and how often it was absent where it could have been", () => {
  const tallied = tallyOf(EVENTS);
  expect(tallied?.sampled).toBe(400);
  const amount = fieldOf(tallied, "amount");
  expect(amount?.counts).toEqual(
    FIELD_SLOTS.map((slot) => (slot === "integer" || slot === "number" ? 200 : 0)),
  );
  expect(amount).toMatchObject({ pointer: "/features/amount", parent: "/features", absent: 0 });
  expect(fieldOf(tallied, "/meta")?.absent).toBe(300);
  // Of the hundred records that have its holder all have it.
  expect(fieldOf(tallied, "/meta/trace")?.absent).toBe(0);
  expect(fieldOf(tallied, "/items/[]/price")).toMatchObject({ parent: "/items/[]", absent: 0 });
});

it("keeps the texts of a field that has few, but none that few records have in common", () => {
  const tallied = tallyOf(EVENTS);
  expect(fieldOf(tallied, "region")).toMatchObject({ values: ["eu", "us"], rest: 10 });
  expect(fieldOf(tallied, "note")?.values).toBeUndefined();
  for (const name of ["id", "/plan"]) expect(fieldOf(tallied, name)).not.toHaveProperty("values");
  expect(fieldOf(tallied, "/meta/once")).toBeUndefined();
});

it("is the same however the records were cut", () => {
  expect(tallyOf(EVENTS, 7)).toEqual(tallyOf(EVENTS));
});

it("takes nothing from events that are none", () => {
  const unsound = EVENTS.map((event) => ({ ...event, time: "yesterday", odd: 1 }));
  expect(tallyOf([...EVENTS, ...unsound])).toEqual(tallyOf(EVENTS));
});

it("is nothing without records", () => {
  expect(tallyOf([])).toBeUndefined();
});
