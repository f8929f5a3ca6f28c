import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { readConfig } from "../src/config/config-file.ts";
import { runCommand } from "./commands/command-io.ts";

const ROOT = new URL("../", import.meta.url);
const PAGES = [
  "README.md",
  "rules/README.md",
  ...readdirSync(new URL("docs", ROOT)).map((name) => `docs/${name}`),
];

function textOf(page: string): string {
  return readFileSync(new URL(page, ROOT), "utf8");
}

function yamlBlocks(page: string): string[] {
  return [...textOf(page).matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, text]) => text);
}

describe.each(PAGES)("%s", (page) => {
  test("points to files that are there", () => {
    const targets = [...textOf(page).matchAll(/\]\(([^)#:]+)\)/g)].map(([, target]) => target);
    const base = new URL(page, ROOT);
    expect(targets.filter((target) => !existsSync(new URL(target, base)))).toEqual([]);
  });

  test("names tests that are there", () => {
    const named = [...textOf(page).matchAll(/`([\w./-]+\.test\.ts)`((?:,? "[^"|]+")*)/g)];
    const missing = named.flatMap(([, file, titles]) => {
      const source = new URL(`test/${file.replace(/^test\//, "")}`, ROOT);
      if (!existsSync(source)) return [file];
      const text = readFileSync(source, "utf8");
      return [...titles.matchAll(/"([^"]+)"/g)].flatMap(([, title]) =>
        text.includes(title) ? [] : [`${file}: ${title}`],
      );
    });
    expect(missing).toEqual([]);
  });
});

test("every fault has a promise, and a test that shows it", () => {
  const rowsOf = (heading: string): string[] => {
    const section = textOf("docs/RELIABILITY.md")
      .split(/^## /m)
      .find((part) => part.startsWith(`${heading}\n`));
    const lines = (section ?? "")
      .split("\n")
      .filter((line) => line.startsWith("| ") && !line.startsWith("| -"));
    // Behind the head of the table.
    return lines.slice(1);
  };
  const rows = [...rowsOf("Faults"), ...rowsOf("A fleet")];
  expect(rows.length).toBeGreaterThan(40);
  expect(rows.filter((row) => !/\.test\.ts` "|see below/.test(row))).toEqual([]);
});

test.each([
  ["docs/TESTING.md", ["fraud", "payments"]],
  ["docs/VERSIONS.md", ["canary"]],
])("the scenarios of %s go as its rules say", async (page, names) => {
  const directory = mkdtempSync(join(tmpdir(), "driftd-docs-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const files = [...textOf(page).matchAll(/^```yaml\n# rules\/(\S+)\n(.*?)^```$/gms)];
  expect(files.map(([, file]) => file)).toEqual(
    names.flatMap((name) => [`${name}.yaml`, `${name}.test.yaml`]),
  );
  for (const [, file, text] of files) writeFileSync(join(directory, file), text);
  const { status, out } = await runCommand(["test", ...names.map((name) => `${name}.yaml`)], {
    cwd: directory,
  });
  expect(out).not.toContain("FAIL");
  expect(status).toBe(0);
});

test("docs/OPERATING.md shows reports that driftd reads, and what one looks like", () => {
  const [example, ...more] = yamlBlocks("docs/OPERATING.md").filter((text) => text.startsWith("reports:"));
  expect(more).toEqual([]);
  const kafka = "kafka: { brokers: [kafka:9092], group: driftd }";
  const streams = "streams: { scored: { role: inference, topic: scored } }";
  const text = `version: 1\n${kafka}\n${streams}\nrules: [rules/*.yaml]\n${example}`;
  const { config, faults } = readConfig({ text, file: "/driftd.yaml", env: {} });
  expect(faults).toEqual([]);
  expect(config?.reports).toHaveLength(3);
  const shown = /^```\n(# weekly: .*?)^```$/ms.exec(textOf("docs/OPERATING.md"))?.[1] ?? "";
  const written = textOf("test/golden/report.md").split("\n");
  expect(shown.split("\n").filter((line) => !written.includes(line))).toEqual([]);
});
