import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, onTestFinished, test } from "vitest";
import { parse } from "yaml";
import { loadIncidents } from "../src/commands/backtest/incident-file.ts";
import { readConfig } from "../src/config/config-file.ts";
import { readModel } from "../src/rules/model-file.ts";
import { MEASURES } from "../src/statistics/measures.ts";
import { runCommand } from "./commands/command-io.ts";

const ROOT = new URL("../", import.meta.url);
const PAGES = [
  "README.md",
  "CONTRIBUTING.md",
  "rules/README.md",
  ...readdirSync(new URL("docs", ROOT)).map((name) => `docs/${name}`),
];

/** What examples extend: the files that are shipped. */
const RULES = fileURLToPath(new URL("rules/", ROOT));
const BASES = new Map(
  readdirSync(`${RULES}base`).map((name) => {
    const file = `${RULES}base/${name}`;
    return [file, readFileSync(file, "utf8")] as const;
  }),
);

/** The fenced blocks of one language, in order. */
function blocksOf(page: string, language: string): string[] {
  const text = readFileSync(new URL(page, ROOT), "utf8");
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\`$`, "gms"))].map(([, block]) => block);
}

type Kind = "rules" | "configuration" | "scenarios" | "incidents";

/** What only one kind of file says at its top. */
const KEYS: Readonly<Record<Exclude<Kind, "incidents">, readonly string[]>> = {
  scenarios: ["scenarios"],
  configuration: ["streams", "publish", "reports", "state", "privacy", "quarantine", "http"],
  rules: ["model", "extends", "references", "window", "segmentBy", "defaults", "columns", "rules"],
};

/** Three dots stand for what an example does not show: of a stream, where it comes from. */
function complete(example: string): string {
  return example.replaceAll(/\{ \.\.\.,/g, "{ role: inference, topic: scored,");
}

function kindOf(example: string): Kind {
  const data: unknown = parse(example);
  if (Array.isArray(data)) return "incidents";
  const keys = Object.keys(data as object);
  const found = (["scenarios", "configuration", "rules"] as const).find((kind) =>
    KEYS[kind].some((key) => keys.includes(key)),
  );
  if (found === undefined) throw new Error(`no kind of file begins so: ${keys.join(", ")}`);
  return found;
}

/** The example with what the rest of its file needs, where it does not say it. */
function withRest(example: string, rest: Readonly<Record<string, string>>): string {
  const missing = Object.entries(rest).filter(([key]) => !new RegExp(`^${key}:`, "m").test(example));
  return missing.map(([key, value]) => `${key}: ${value}\n`).join("") + example;
}

const READERS: Readonly<
  Record<Exclude<Kind, "scenarios">, (example: string) => Promise<readonly unknown[]>>
> = {
  async rules(example) {
    const rest = { version: "1", model: "m", references: "{ default: { file: m.arrow } }" };
    const text = withRest(example, rest);
    return readModel({ text, file: `${RULES}m.yaml`, extended: BASES, measures: MEASURES }).faults;
  },
  async configuration(example) {
    const rest = {
      version: "1",
      kafka: "{ brokers: [kafka:9092], group: driftd }",
      streams: "{ scored: { role: inference, topic: scored } }",
      rules: "[rules/*.yaml]",
    };
    const text = withRest(example, rest);
    const env = { KAFKA: "kafka:9092", ARCHIVE_URL: "https://archive.example" };
    return readConfig({ text, file: "/driftd.yaml", env }).faults;
  },
  async incidents(example) {
    const directory = mkdtempSync(join(tmpdir(), "driftd-examples-"));
    onTestFinished(() => rmSync(directory, { recursive: true }));
    const file = join(directory, "incidents.yaml");
    writeFileSync(file, example);
    return (await loadIncidents(file, ["fraud"])).faults;
  },
};

/** Words of the lines that begin with driftd, without what a comment or another program says. */
function commandLines(block: string): string[][] {
  return block
    .replaceAll("\\\n", " ")
    .split("\n")
    .map((line) =>
      line
        .replace(/\s#.*$/, "")
        .split(/[|>]/)[0]
        .trim()
        .replace(/^npx /, ""),
    )
    .filter((line) => line.startsWith("driftd "))
    .map((line) => line.split(/\s+/).slice(1));
}

const GROUPS = ["reference", "state", "rules", "alerts"];

/** The command that a line calls: `reference build`. */
function commandOf([first, second = ""]: readonly string[]): string[] {
  return GROUPS.includes(first) && /^[a-z]+$/.test(second) ? [first, second] : [first];
}

describe.each(PAGES)("%s", (page) => {
  test("shows no YAML that driftd would not read", async () => {
    for (const block of blocksOf(page, "yaml")) {
      const example = complete(block);
      const kind = kindOf(example);
      // These are played: docs.test.ts.
      if (kind === "scenarios") continue;
      expect({ example, faults: await READERS[kind](example) }).toEqual({ example, faults: [] });
    }
  });

  test("shows no command, and no flag of one, that driftd has not", async () => {
    for (const words of blocksOf(page, "sh").flatMap(commandLines)) {
      const command = commandOf(words);
      const { status, out } = await runCommand([...command, "--help"]);
      expect({ words, status }).toEqual({ words, status: 0 });
      expect(out).toContain(`Usage: driftd ${command.join(" ")}`);
      const flags = words.filter((word) => word.startsWith("--")).map((word) => word.split("=")[0]);
      expect({ words, unknown: flags.filter((flag) => !new RegExp(`${flag}(?![\\w-])`).test(out)) }).toEqual({
        words,
        unknown: [],
      });
    }
  });
});

test("examples of every kind, and commands, are found", () => {
  const kinds = PAGES.flatMap((page) => blocksOf(page, "yaml")).map((block) => kindOf(complete(block)));
  expect(new Set(kinds)).toEqual(new Set(["rules", "configuration", "scenarios", "incidents"]));
  expect(PAGES.flatMap((page) => blocksOf(page, "sh").flatMap(commandLines)).length).toBeGreaterThan(20);
});
