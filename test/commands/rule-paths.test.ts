import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { findRuleFiles } from "../../src/commands/rule-paths.ts";

const ROOT = mkdtempSync(join(tmpdir(), "driftd-rules-"));
beforeAll(() => {
  const files = [
    "b.yaml",
    "a.yaml",
    "a.test.yaml",
    "notes.txt",
    "driftd.yaml",
    "deep/er/c.yaml",
    ".git/d.yaml",
    "node_modules/e.yaml",
  ];
  for (const file of files) {
    mkdirSync(dirname(join(ROOT, file)), { recursive: true });
    writeFileSync(join(ROOT, file), "");
  }
  symlinkSync(ROOT, join(ROOT, "deep/back"));
});
afterAll(() => rmSync(ROOT, { recursive: true }));

test.each([
  ["*.yaml", ["a.yaml", "b.yaml"]],
  ["**/*.yaml", ["a.yaml", "b.yaml", "deep/er/c.yaml"]],
  ["deep/**", ["deep/er/c.yaml"]],
  ["*/er/c.yaml", ["deep/er/c.yaml"]],
  ["", ["a.yaml", "b.yaml", "deep/er/c.yaml"]],
  ["notes.txt", ["notes.txt"]],
  ["driftd.yaml", ["driftd.yaml"]],
  ["nothing/*.yaml", []],
  ["nothing.yaml", []],
])("%j finds %j", async (path, expected) => {
  const found = await findRuleFiles(path === "" ? ROOT : join(ROOT, path));
  expect(found).toEqual(expected.map((file) => join(ROOT, file)));
});
