import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { runCommand } from "./command-io.ts";

/** In every value that names somebody; nothing else is called so. */
const MARK = "arabella";
/** A category of five rows, and so of people. */
const RARE = "hermitage";
const BEGIN = Date.parse("2026-01-01T00:00:00Z");
const ROWS = 3_000;

interface Told {
  readonly features: Record<string, unknown>;
  readonly [field: string]: unknown;
}

function eventOf(i: number): Told {
  return {
    txn: `${MARK}-txn-${i}`,
    ts: new Date(BEGIN + i * 10_000).toISOString(),
    p: (i % 89) / 89,
    mail: `${MARK}.${i}@example.org`,
    features: {
      amount: (i * 7) % 97,
      shop: i % 600 === 7 ? RARE : i % 3 === 0 ? "north" : "south",
      card: `${MARK}-card-${i % 900}`,
      holder: { email: `${MARK}-${i}@example.org`, note: `${MARK}-note-${i}` },
    },
  };
}

/** Of the next day: cards that nobody knows, texts where numbers were, new fields, and what is no event. */
function oddLine(i: number): string {
  const event = eventOf(i);
  const features: Record<string, unknown> = { ...event.features };
  if (i % 3 === 0) features["card"] = `${MARK}-new-card-${i % 50}`;
  if (i % 5 === 0) features["amount"] = `${MARK}-amount-${i}`;
  if (i % 7 === 0) features["shop"] = `${MARK}-shop-${i}`;
  if (i % 11 === 0) features["card"] = { number: `${MARK}-nested-${i}` };
  if (i % 13 === 0) return `{"txn":"${MARK}-broken-${i}`;
  return JSON.stringify({
    ...event,
    ...(i % 17 === 0 && { ts: `${MARK}-time` }),
    features,
    extra: `${MARK}-${i}`,
  });
}

/** All files below the directory but the records themselves, and the key. */
function filesIn(directory: string): [string, string][] {
  return readdirSync(directory, { recursive: true, encoding: "utf8" })
    .filter((name) => !/\.(?:jsonl|key)$/.test(name) && statSync(join(directory, name)).isFile())
    .map((name) => [name, readFileSync(join(directory, name), "latin1")]);
}

it("commands name nobody whose records they read: neither in what they say nor in what they write", async () => {
  const directory = mkdtempSync(join(tmpdir(), "driftd-commands-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const write = (name: string, from: number, lineOf: (i: number) => string): void =>
    writeFileSync(
      join(directory, name),
      Array.from({ length: ROWS }, (_, i) => `${lineOf(from + i)}\n`).join(""),
    );
  write("known.jsonl", 0, (i) => JSON.stringify(eventOf(i)));
  write("odd.jsonl", ROWS, oddLine);
  const places = new Map<string, string>();
  const run = async (...words: readonly string[]): Promise<string> => {
    const { status, out, err } = await runCommand(words, { cwd: directory });
    places.set(words.join(" "), `${out}\n${err}`);
    expect([words, status === 0 || status === 1 ? "" : err]).toEqual([words, ""]);
    return out;
  };

  expect(await run("init", "known.jsonl", "--model", "shopping")).toContain("card: category, hashed");
  // Alerts name records by their ids, unless these are said to be personal.
  const rules = join(directory, "rules/shopping.yaml");
  writeFileSync(rules, readFileSync(rules, "utf8").replace("\nmodel:", "\nid: { pii: true }\nmodel:"));
  await run("check");
  await run("check", "--explain");
  await run("test");
  const history = await run("backtest", "odd.jsonl");
  expect(await run("backtest", "odd.jsonl", "--json")).toContain("amount");
  for (const alert of ["NovelValues", "SchemaChanged", "SchemaBroken"])
    expect(history).toMatch(new RegExp(`FIRING ${alert} shopping`));
  const reference = "reference/shopping.arrow";
  await run("reference", "show", reference);
  await run("reference", "show", reference, "--json");
  await run("reference", "schema", reference);
  await run("score", reference, "odd.jsonl", "--score", "p");
  await run("score", reference, "odd.jsonl", "--score", "p", "--json");
  await run("rules", "prometheus");

  for (const [name, text] of filesIn(directory)) places.set(name, text);
  expect(places.get(`reference show ${reference}`)).toContain("north");
  const namesSomebody = ([, text]: [string, string]): boolean => text.includes(MARK);
  expect([...places].filter(namesSomebody).map(([place]) => place)).toEqual([]);
  // What is new is told by the names that the reference has: it alone has this one.
  const namesFew = ([, text]: [string, string]): boolean => text.includes(RARE);
  expect([...places].filter(namesFew).map(([place]) => place)).toEqual([reference]);
});
