import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { runReference, type Ran } from "../run-reference.ts";

let directory = "";

const EVENTS = Array.from({ length: 2_000 }, (_, i) => ({
  id: `e${i}`,
  time: new Date(Date.UTC(2024, 0, 1) + i * 20_000).toISOString(),
  segment: { region: i % 3 === 0 ? "us" : "eu" },
  features: { amount: i / 7, card: `c${i}` },
  prediction: { score: (i % 100) / 100 },
  truth: i % 2 === 0,
}));

const reference = (...argv: string[]): Promise<Ran> => runReference(directory, argv);

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "driftd-fields-"));
  // The last record is no event, and says nothing of how events are.
  const lines = [...EVENTS, { time: "1970-01-01T00:00:00Z", odd: 1 }].map((event) => JSON.stringify(event));
  await writeFile(join(directory, "events.jsonl"), lines.join("\n"));
  await reference("build", "events.jsonl", "--model", "m", "--output", "m.arrow");
});

afterAll(async () => {
  await rm(directory, { recursive: true });
});

it("says what fields the records had, without the truth, which comes apart from them", async () => {
  const text = await reference("show", "m.arrow");
  expect(text.out).toContain("fields of 2,000 records");
  expect(text.out).toMatch(/^region +text +0 +0 +eu, us *$/m);
  const { schema, fields } = JSON.parse((await reference("show", "m.arrow", "--json")).out);
  expect(schema).toMatch(/^[0-9a-f]{64}$/);
  expect(fields.fields.map(({ name, type }: { name: string; type: string }) => [name, type])).toEqual([
    ["id", "text"],
    ["time", "text (date-time)"],
    ["/segment", "object"],
    ["region", "text"],
    ["/features", "object"],
    ["amount", "number"],
    ["card", "text"],
    ["/prediction", "object"],
    ["prediction.score", "number"],
  ]);
});

it("writes the JSON Schema of the records", async () => {
  const { out } = await reference("schema", "m.arrow");
  expect(JSON.parse(out)).toMatchObject({
    type: "object",
    properties: { segment: { properties: { region: { type: "string", enum: ["eu", "us"] } } } },
    required: ["features", "id", "prediction", "segment", "time"],
  });
  const written = await reference("schema", "m.arrow", "--output", "m.schema.json");
  expect([written.status, written.out]).toEqual([0, ""]);
  expect(await readFile(join(directory, "m.schema.json"), "utf8")).toBe(out);
});
