import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, onTestFinished } from "vitest";
import { driftdProgram } from "./program.ts";

/** Between events, ms. */
export const STEP = 10_000;
export const BEGIN = Date.parse("2026-01-01T00:00:00Z");
/** Far longer than it takes, since other tests may have the machine; ms. */
const PATIENCE = 120_000;
/** In every planted text; nothing else is called so. */
/** Stands in no text of ours. */
export const MARK = "planted";
export const CARD_NUMBER = 4_929_123_456_781_234;

/** A category of five rows of the reference, and of ten live ones. */
export const RARE = "hermitage";

const CONFIG = {
  version: 1,
  streams: {
    scored: { role: "inference", file: "scored.jsonl" },
    truths: { role: "labels", of: "scored", file: "truths.jsonl" },
  },
  rules: ["rules/*.yaml"],
  privacy: { keyFile: "key" },
  quarantine: { file: "drops.jsonl" },
  state: { store: "lmdb", path: "state" },
  http: { host: "127.0.0.1", port: 0 },
};

const RULES = {
  version: 1,
  model: "scoring",
  references: { default: { file: "../scoring.arrow" } },
  id: { pii: true },
  segmentBy: ["region"],
  columns: { card: { type: "category", pii: true }, region: { type: "category" } },
  rules: [
    { alert: "Drift", measure: "psi", columns: ["*"], for: "1m" },
    { alert: "New", measure: "novel", columns: ["*"], above: 0.01 },
    { alert: "Broken", measure: "invalid", above: 0.01 },
    { alert: "Fields", measure: "schema-drift" },
    {
      review: "Look",
      when: { any: [{ novel: true }] },
      atMost: "50 per 10m",
      to: "desk",
      show: ["amount", "shop", "region"],
    },
    { alert: "Shops", measure: "psi", columns: ["shop"], above: 0.0001 },
  ],
};

/** Fields that driftd is not asked about are full of secrets, and `card` is one. */
function eventOf(i: number, card: unknown): Record<string, unknown> {
  return {
    id: `${MARK}-id-${i}`,
    time: new Date(BEGIN + i * STEP).toISOString(),
    model: "scoring",
    version: "v1",
    segment: { region: i % 2 === 0 ? "eu" : "us" },
    features: {
      amount: i % 97,
      card,
      shop: shopOf(i),
      nickname: `${MARK}-nickname-${i}`,
      home: { street: `${MARK}-street` },
    },
    prediction: { score: (i % 89) / 89 },
    meta: { mail: `${MARK}-mail-${i}` },
    unasked: `${MARK}-value`,
  };
}

/** Among two shops a rare one, in the reference's first rows and among the live ones. */
function shopOf(i: number): string {
  if (i < 5 || (i >= LIVE && i % 60 === 1)) return RARE;
  return i % (i < LIVE ? 2 : 3) === 0 ? "north" : "south";
}

/** Where live rows begin. */
export const LIVE = 5_000;

/** Cards that the reference knows, that it does not know, and that are no category at all; and what is no event. */
export function liveLine(i: number): string {
  const event = eventOf(i, `${MARK}-card-${i % 40}`);
  const cards = [CARD_NUMBER, { number: `${MARK}-nested` }, [`${MARK}-listed`], null];
  if (i % 11 === 0) event["features"] = { amount: `${MARK}-amount`, card: cards[i % cards.length] };
  if (i % 13 === 0) event["segment"] = { region: "eu", card: `${MARK}-segment` };
  if (i % 17 === 0) event["model"] = `${MARK}-model`;
  if (i % 19 === 0) event["time"] = `${MARK}-time`;
  return i % 23 === 0 ? `{"id":"${MARK}-broken` : JSON.stringify(event);
}

/** What changes of CONFIG is what the records come from. */
function writeProject(directory: string, changes: Readonly<Record<string, unknown>>): void {
  const lines = (count: number, line: (i: number) => string): string =>
    Array.from({ length: count }, (_, i) => `${line(i)}\n`).join("");
  const known = lines(4_000, (i) => JSON.stringify(eventOf(i, `${MARK}-card-${i % 20}`)));
  mkdirSync(join(directory, "rules"));
  writeFileSync(join(directory, "driftd.yaml"), JSON.stringify({ ...CONFIG, ...changes }));
  writeFileSync(join(directory, "rules/scoring.yaml"), JSON.stringify(RULES));
  writeFileSync(join(directory, "key"), `${MARK}-key-of-32-bytes-or-more`);
  writeFileSync(join(directory, "known.jsonl"), known);
  writeFileSync(
    join(directory, "scored.jsonl"),
    lines(ROWS, (i) => liveLine(LIVE + i)),
  );
  writeFileSync(join(directory, "truths.jsonl"), lines(ROWS, truthLine));
}

export const ROWS = 600;

export function truthLine(i: number): string {
  return JSON.stringify({
    id: `${MARK}-id-${LIVE + i}`,
    time: new Date(BEGIN + (LIVE + 60 + i) * STEP).toISOString(),
    truth: i % 50 === 3 ? `${MARK}-truth` : i % 2,
    note: `${MARK}-note`,
  });
}

interface Program {
  /** What it has written so far, on both streams. */
  output(): string;
  readonly exit: Promise<number | null>;
  stop(): void;
}

async function driftd(directory: string, ...argv: string[]): Promise<Program> {
  const child = spawn(process.execPath, [await driftdProgram(), ...argv], { cwd: directory });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (bytes: Buffer) => (output += bytes.toString()));
  }
  // Node's documented argument of `close`.
  const exit = once(child, "close").then(([code]) => code as number | null);
  onTestFinished(async () => {
    if (child.exitCode === null) child.kill("SIGKILL");
    await exit;
  });
  return { output: () => output, exit, stop: () => void child.kill("SIGTERM") };
}

/** Everything that the daemon can be asked for, once it has judged so much that these alerts fire. */
async function askAll(daemon: Program, alerts: readonly string[]): Promise<Record<string, string>> {
  for (const end = Date.now() + PATIENCE; Date.now() < end; await sleep(100)) {
    const url = /"url":"([^"]+)"/.exec(daemon.output())?.[1];
    if (url === undefined) continue;
    const texts = await Promise.all(
      PATHS.map(async (path) => [path, await (await fetch(url + path)).text()] as const),
    );
    const answers = Object.fromEntries(texts);
    if (alerts.every((alert) => answers["/api/alerts"]?.includes(`"${alert}"`) === true)) return answers;
  }
  throw new Error(`not all alerts came. The daemon said:\n${daemon.output()}`);
}

const PATHS = [
  "/api/alerts",
  "/api/accounting",
  "/api/cohorts",
  "/api/schema",
  "/metrics",
  "/healthz",
  "/readyz",
  "/nowhere",
];

/** Takes whatever is posted. */
async function startReceiver(): Promise<{ url: string; received(): string }> {
  let received = "";
  const server = createServer((request, response) => {
    request.on("data", (bytes: Buffer) => (received += bytes.toString()));
    request.on("end", () => response.end());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return { url: `http://127.0.0.1:${address.port}`, received: () => received };
}

/** Builds a reference, runs the daemon on what is not like it, and answers everything that came of it, by its place. */
export async function tellAll(
  changes: Readonly<Record<string, unknown>>,
  alerts: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const directory = mkdtempSync(join(tmpdir(), "driftd-privacy-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const alertmanager = await startReceiver();
  // The story is of a day long ago.
  const publish = {
    alertmanager: { urls: [alertmanager.url] },
    review: { desk: { file: "reviews.jsonl" } },
    maxAge: "100000d",
  };
  writeProject(directory, { publish, ...changes });
  const build = ["reference", "build", "known.jsonl", "--rules", "rules/scoring.yaml"];
  const built = await driftd(directory, ...build, "--config", "driftd.yaml", "--output", "scoring.arrow");
  expect(await built.exit).toBe(0);
  const shown = await driftd(directory, "reference", "show", "scoring.arrow", "--json");
  expect(await shown.exit).toBe(0);
  const daemon = await driftd(directory, "run", "--log-level", "debug");
  const answers = await askAll(daemon, alerts);
  await expect.poll(() => alertmanager.received()).toContain("Broken");
  daemon.stop();
  expect(await daemon.exit).toBe(0);
  const exported = await driftd(directory, "state", "export");
  expect(await exported.exit).toBe(0);
  const files = [
    "scoring.arrow",
    "drops.jsonl",
    "reviews.jsonl",
    ...readdirSync(join(directory, "state")).map((name) => `state/${name}`),
  ];
  return new Map([
    ...Object.entries(answers),
    ...files
      .filter((name) => existsSync(join(directory, name)))
      .map((name) => [name, readFileSync(join(directory, name)).toString("latin1")] as const),
    ["log", daemon.output()],
    ["build", built.output()],
    ["show", shown.output()],
    ["export", exported.output()],
    ["alertmanager", alertmanager.received()],
  ]);
}

export function leaksIn(places: ReadonlyMap<string, string>): string[] {
  return [...places].flatMap(([place, text]) =>
    text.includes(MARK) || text.includes(String(CARD_NUMBER)) ? [place] : [],
  );
}
