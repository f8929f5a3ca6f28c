import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { KEEPING_ALERTS } from "../../../src/commands/rules/keeping-alerts.ts";
import { modelGone, readingAlerts } from "../../../src/commands/rules/reading-alerts.ts";
import { readConfig } from "../../../src/config/config-file.ts";
import { readModel } from "../../../src/rules/model-file.ts";
import { signatureHeaders } from "../../../src/publish/webhook-signature.ts";
import { MEASURES } from "../../../src/statistics/measures.ts";
import { rulesProject } from "./rules-project.ts";

const PAGE = readFileSync(new URL("../../../docs/ALERTS.md", import.meta.url), "utf8");

/** The blocks of this language, in the page's order. */
function blocks(language: string): string[] {
  return [...PAGE.matchAll(/^```(\w+)\n(.*?)^```$/gms)].flatMap(([, found, text = ""]) =>
    found === language ? [text] : [],
  );
}

test("the commands are as shown", async () => {
  const commands = blocks("sh").flatMap((block) => block.trim().split("\n"));
  expect(commands).toHaveLength(3);
  const rules =
    "version: 1\nmodel: m\nreferences: { default: { file: m.arrow } }\nrules: [{ alert: Broken, measure: invalid }]\n";
  const project = rulesProject({ m: rules });
  for (const command of commands) {
    const [program, ...args] = command.split(" ");
    expect([program, (await project.run(...args)).status]).toEqual(["driftd", 0]);
  }
});

test("the examples are read without a fault", () => {
  const examples = blocks("yaml");
  const publish = examples.filter((text) => text.startsWith("publish:"));
  const rules = examples.filter((text) => text.startsWith("rules:"));
  expect([publish.length, rules.length]).toEqual([4, examples.length - 4]);
  for (const example of publish) {
    const text = `version: 1\nkafka: { brokers: [kafka:9092], group: driftd }\nstreams: { scored: { role: inference, topic: scored } }\nrules: [rules/*.yaml]\n${example}`;
    expect(readConfig({ text, file: "/d/driftd.yaml", env: { ARCHIVE_URL: "https://x" } }).faults).toEqual(
      [],
    );
  }
  for (const example of rules) {
    const text = `version: 1\nmodel: fraud\nreferences: { default: { file: fraud.arrow } }\n${example}`;
    const { faults } = readModel({ text, file: "/d/fraud.yaml", extended: new Map(), measures: MEASURES });
    expect(faults).toEqual([]);
  }
});

test("every health alert has a section, which its runbook names", () => {
  const alerts = [...readingAlerts("driftd"), ...KEEPING_ALERTS, modelGone("fraud", [])];
  const sections = [...PAGE.matchAll(/^### (\w+)$/gm)].map(([, name]) => name);
  expect(sections.toSorted()).toEqual(alerts.map(({ alert }) => alert).toSorted());
});

interface Page {
  isGenuine(
    request: { headers: Record<string, string>; body: string },
    secret: string | Uint8Array,
    now?: number,
  ): boolean;
}

test("the code shown verifies what driftd signs, and nothing else", async () => {
  const [code = ""] = blocks("js");
  // The page says what it exports.
  const { isGenuine } = (await import(`data:text/javascript,${encodeURIComponent(code)}`)) as Page;
  const now = Date.UTC(2026, 0, 15, 12);
  const message = { id: "9f2c01d3a4b5-firing", timestamp: now / 1000, body: '{"alert":"FeatureDrift"}' };
  const headers = signatureHeaders(message, [Buffer.from("new"), Buffer.from("old")]);
  const request = { headers, body: message.body };
  expect([isGenuine(request, "old", now), isGenuine(request, "new", now)]).toEqual([true, true]);
  expect(isGenuine(request, "other", now)).toBe(false);
  expect(isGenuine({ ...request, body: "{}" }, "old", now)).toBe(false);
  expect(isGenuine(request, "old", now + 301_000)).toBe(false);
  const replayed = { ...headers, "webhook-timestamp": String(now / 1000 + 301) };
  expect(isGenuine({ ...request, headers: replayed }, "old", now + 301_000)).toBe(false);
});
