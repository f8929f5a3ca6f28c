import { expect, test } from "vitest";
import { registerSchema, type ShownSchema } from "../../../src/web/api/schema.ts";
import { server } from "./app.ts";

const SCHEMA: ShownSchema = {
  model: "fraud",
  lineage: { reference: "9f2c", rules: "07ab", schema: "51de", layout: "c3" },
  score: { status: "ok", value: 1, n: 64 },
  records: 5_000,
  sampled: 64,
  changes: [
    {
      field: "amount",
      kind: "type",
      from: "integer",
      to: "text (numeric)",
      firstSeen: "2026-01-14T00:00:00.000Z",
      lastSeen: "2026-01-14T00:05:00.000Z",
      records: 64,
      sampled: 64,
      share: 1,
      producers: [{ partition: 0, version: "v7", headers: { producer: "checkout" } }],
      example: "t-1",
    },
  ],
  learnt: [],
  fields: [{ name: "amount", values: { numeric: 64 }, reference: { integer: 10_000 } }],
};

test("what fields records have is listed, and can be chosen by model", async () => {
  const other: ShownSchema = { ...SCHEMA, model: "churn", changes: [] };
  const app = server();
  registerSchema(app, { schemas: () => [SCHEMA, other] });
  const list = async (query = ""): Promise<unknown> => (await app.inject(`/api/schema${query}`)).json();
  expect(await list()).toEqual({ schemas: [SCHEMA, other] });
  expect(await list("?model=fraud")).toEqual({ schemas: [SCHEMA] });
});
