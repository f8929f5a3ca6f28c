import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { check } from "../../src/commands/check.ts";
import { writeReference } from "../../src/reference/reference-file.ts";
import { modelOf } from "../engine/fixture.ts";

test("check says what every request takes where its response comes by itself", async () => {
  const cwd = mkdtempSync(join(tmpdir(), "driftd-check-"));
  onTestFinished(() => rmSync(cwd, { recursive: true }));
  mkdirSync(join(cwd, "rules"));
  const { reference } = modelOf({ rules: "  - { alert: Broken, measure: invalid }", perHour: 12 });
  writeFileSync(join(cwd, "m.arrow"), writeReference(reference));
  writeFileSync(
    join(cwd, "rules/m.yaml"),
    `version: 1
model: m
references: { default: { file: ../m.arrow } }
rules:
  - { alert: Broken, measure: invalid, by: [] }
`,
  );
  const map = "map: { id: /id, time: /time, model: { value: m } }";
  writeFileSync(
    join(cwd, "driftd.yaml"),
    `version: 1
streams:
  asked: { role: inputs, file: asked.jsonl, format: json, ${map}, join: { within: 5m } }
  answered: { role: outputs, of: asked, file: answered.jsonl, format: json, ${map} }
rules: [rules/**/*.yaml]
`,
  );
  let text = "";
  const io = { stdout: { write: (part: string) => void (text += part) }, env: {}, cwd };
  await check({ configFile: "driftd.yaml", paths: [], json: false, strict: false }, io);
  expect(text).toContain("; 56 B for every request of the last 20m, and the cells of those that wait\n");
});
