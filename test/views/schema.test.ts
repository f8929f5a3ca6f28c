import { expect, it } from "vitest";
import { viewSchemas } from "../../src/views/schema.ts";
import { HOUR, modelOf, traffic, withFields } from "../engine/fixture.ts";
import { worldOf } from "../engine/world.ts";

it("shows the fields of the last window beside the reference's, but no names that few records have", async () => {
  const fitted = modelOf({ rules: "  - { alert: Changed, measure: schema-drift }", fields: () => ({}) });
  const world = await worldOf({ fitted });
  const sent = traffic({ from: 0, to: HOUR, perMinute: 10 }).map((record, i) =>
    withFields(record, { fresh: true, ...(i % 100 === 0 ? { [`made up ${i}`]: 1 } : {}) }),
  );
  await world.feed(sent);
  await world.end();
  const [schema] = viewSchemas(world.engine, [fitted]);
  expect(schema.score).toMatchObject({ status: "ok", value: 1, extras: { new: 1 } });
  expect(schema.changes.map(({ field, kind }) => [field, kind])).toEqual([["/fresh", "new"]]);
  expect([schema.records, schema.sampled]).toEqual([600, 600]);
  const fields = new Map(schema.fields.map((field) => [field.name, field]));
  expect(fields.get("amount")?.values).toEqual({ integer: 600 });
  expect(fields.get("amount")?.reference).toEqual({ integer: 23_040 });
  expect(fields.get("/fresh")).toEqual({ name: "/fresh", values: { boolean: 600 } });
  expect(schema.fields.filter(({ name }) => name.includes("made up"))).toEqual([]);
  expect(schema.lineage.reference).toBe(fitted.reference.id);
});
