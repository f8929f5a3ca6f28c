import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { loadSchemas } from "../../src/commands/load-schemas.ts";
import { readConfig } from "../../src/config/config-file.ts";
import { formatFault } from "../../src/config/fault.ts";

const directory = mkdtempSync(join(tmpdir(), "driftd-schemas-"));
afterAll(() => rmSync(directory, { recursive: true }));

const text = `version: 1
streams:
  scored: { role: inference, file: scored.jsonl, schema: scored.schema.json }
rules: [rules/*.yaml]
`;
const read = readConfig({ text, file: join(directory, "driftd.yaml"), env: {} });

/** The faults of a schema file that holds this. */
async function faultsOf(content: string): Promise<string[]> {
  writeFileSync(join(directory, "scored.schema.json"), content);
  const { faults } = await loadSchemas(read);
  return faults.map((fault) => formatFault(fault).replaceAll(`${directory}/`, ""));
}

test("schemas that streams declare are read and compiled", async () => {
  const missing = await loadSchemas(read);
  expect(missing.schemas.size).toBe(0);
  expect(missing.faults.map(({ code, line, text }) => [code, line, text])).toEqual([
    ["SCHEMA", 3, "scored.schema.json"],
  ]);
  const place = 'driftd.yaml:3:58  error  SCHEMA  "scored.schema.json"';
  expect(await faultsOf("{")).toEqual([expect.stringContaining(`${place}: is no JSON: `)]);
  expect(await faultsOf('{"type":"nothing"}')).toEqual([
    expect.stringContaining(`${place}: is no JSON Schema: `),
  ]);
  expect(await faultsOf('{"required":["id"]}')).toEqual([]);
  const { schemas } = await loadSchemas(read);
  expect(schemas.get("scored")?.violations({})).toEqual([{ field: "/id", keyword: "required" }]);
});
