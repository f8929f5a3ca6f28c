import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { loadProject } from "../src/commands/load.ts";
import { readConfig } from "../src/config/config-file.ts";
import { readModel } from "../src/rules/model-file.ts";
import { MEASURES } from "../src/statistics/measures.ts";

const README = readFileSync(new URL("../README.md", import.meta.url), "utf8");
const PACKAGE = readFileSync(new URL("../package.json", import.meta.url), "utf8");

/** The fenced blocks of one language, in order. */
function blocks(language: string): string[] {
  return [...README.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\`$`, "gms"))].map(([, text]) => text);
}

test("the configuration and the rule file of the README are without fault", () => {
  const [config, rules] = blocks("yaml");
  const read = readConfig({ text: config, file: "/project/driftd.yaml", env: { KAFKA: "localhost:9092" } });
  expect(read.faults).toEqual([]);
  expect(Object.keys(read.config?.streams ?? {})).toEqual(["fraud", "charged"]);
  const model = readModel({
    text: rules,
    file: "/project/rules/fraud.yaml",
    extended: new Map(),
    measures: MEASURES,
  });
  expect(model.faults).toEqual([]);
});

test("once the key is made, only the reference is missing", async () => {
  const directory = mkdtempSync(join(tmpdir(), "driftd-readme-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const [config, rules] = blocks("yaml");
  mkdirSync(join(directory, "rules"));
  writeFileSync(join(directory, "driftd.yaml"), config);
  writeFileSync(join(directory, "rules/fraud.yaml"), rules);
  writeFileSync(join(directory, "driftd.key"), "0123456789abcdef");
  const io = { env: { KAFKA: "localhost:9092" }, cwd: directory };
  const { faults } = await loadProject({ configFile: "driftd.yaml", io });
  expect(faults).toEqual([expect.objectContaining({ code: "REFERENCE", text: "../fraud.arrow" })]);
});

test("every npm command of the README is there", () => {
  const { scripts } = JSON.parse(PACKAGE) as { scripts: Record<string, string> };
  const commands = [...README.matchAll(/^npm (?:run )?(\w+)/gm)].map(([, name]) => name);
  expect(commands.length).toBeGreaterThan(4);
  expect(commands.filter((name) => name !== "ci" && !(name in scripts))).toEqual([]);
});

test("the README names every measure", () => {
  const missing = MEASURES.filter(({ name }) => !README.includes(`\`${name}\``));
  expect(missing.map(({ name }) => name)).toEqual([]);
});

test("every file that the README points to is there", () => {
  const targets = [...README.matchAll(/\]\(([^)#:]+)\)/g)].map(([, target]) => target);
  expect(targets.filter((target) => !existsSync(new URL(`../${target}`, import.meta.url)))).toEqual([]);
});
