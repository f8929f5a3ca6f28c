import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { check } from "../../src/commands/check.ts";
import { writeReference } from "../../src/reference/reference-file.ts";
import { modelOf } from "../engine/fixture.ts";

/** What check says of a model with one rule, and of these streams. */
async function checked(rule: string, streams: string): Promise<string> {
  const cwd = mkdtempSync(join(tmpdir(), "driftd-check-"));
  onTestFinished(() => rmSync(cwd, { recursive: true }));
  mkdirSync(join(cwd, "rules"));
  const { reference } = modelOf({ rules: "  - { alert: Broken, measure: invalid }", perHour: 12 });
  writeFileSync(join(cwd, "m.arrow"), writeReference(reference));
  const model = "version: 1\nmodel: m\nreferences: { default: { file: ../m.arrow } }\n";
  writeFileSync(join(cwd, "rules/m.yaml"), `${model}rules:\n  - ${rule}\n`);
  writeFileSync(join(cwd, "driftd.yaml"), `version: 1\nstreams:\n${streams}rules: [rules/**/*.yaml]\n`);
  let text = "";
  const io = { stdout: { write: (part: string) => void (text += part) }, env: {}, cwd };
  await check({ configFile: "driftd.yaml", paths: [], json: false, strict: false, explain: false }, io);
  return text;
}

test("check says what every request takes where its response comes by itself", async () => {
  const map = "map: { id: /id, time: /time, model: { value: m } }";
  const text = await checked(
    "{ alert: Broken, measure: invalid, by: [] }",
    `  asked: { role: inputs, file: asked.jsonl, format: json, ${map}, join: { within: 5m } }
  answered: { role: outputs, of: asked, file: answered.jsonl, format: json, ${map} }
`,
  );
  expect(text).toContain("; 56 B for every request of the last 20 min, and the cells of those that wait\n");
});
