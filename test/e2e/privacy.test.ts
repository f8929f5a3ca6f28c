import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, onTestFinished, test, vi } from "vitest";
import { driftdProgram } from "./program.ts";

// Others may have the machine.
vi.setConfig({ testTimeout: 120_000 });

/** Between events, ms. */
const STEP = 10_000;
const BEGIN = Date.parse("2026-01-01T00:00:00Z");
/** Far longer than it takes, since other tests may have the machine; ms. */
const PATIENCE = 60_000;
/** In every planted text; nothing else is called so. */
const MARK = "personal";
const CARD_NUMBER = 4_929_123_456_781_234;

const CONFIG = {
  version: 1,
  streams: {
    scored: { role: "inference", file: "scored.jsonl" },
    truths: { role: "labels", of: "scored", file: "truths.jsonl" },
  },
  rules: ["rules/*.yaml"],
  privacy: { keyFile: "key" },
  state: { store: "lmdb", path: "state" },
  http: { host: "127.0.0.1", port: 0 },
};

const RULES = {
  version: 1,
  model: "scoring",
  references: { default: { file: "../scoring.arrow" } },
  segmentBy: ["region"],
  columns: { card: { type: "category", pii: true }, region: { type: "category" } },
  rules: [
    { alert: "Drift", measure: "psi", columns: ["*"], for: "1m" },
    { alert: "New", measure: "novel", columns: ["*"], above: 0.01 },
    { alert: "Broken", measure: "invalid", above: 0.01 },
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
    features: { amount: i % 97, card, nickname: `${MARK}-nickname-${i}`, home: { street: `${MARK}-street` } },
    prediction: { score: (i % 89) / 89 },
    meta: { mail: `${MARK}-mail-${i}` },
    [`${MARK}-field`]: `${MARK}-value`,
  };
}

/** Cards that the reference knows, that it does not know, and that are no category at all; and what is no event. */
function liveLine(i: number): string {
  const event = eventOf(i, `${MARK}-card-${i % 40}`);
  const cards = [CARD_NUMBER, { number: `${MARK}-nested` }, [`${MARK}-listed`], null];
  if (i % 11 === 0) event["features"] = { amount: `${MARK}-amount`, card: cards[i % cards.length] };
  if (i % 13 === 0) event["segment"] = { region: "eu", card: `${MARK}-segment` };
  if (i % 17 === 0) event["model"] = `${MARK}-model`;
  if (i % 19 === 0) event["time"] = `${MARK}-time`;
  return i % 23 === 0 ? `{"id":"${MARK}-broken` : JSON.stringify(event);
}

function writeProject(directory: string): void {
  const lines = (count: number, line: (i: number) => string): string =>
    Array.from({ length: count }, (_, i) => `${line(i)}\n`).join("");
  const known = lines(4_000, (i) => JSON.stringify(eventOf(i, `${MARK}-card-${i % 20}`)));
  mkdirSync(join(directory, "rules"));
  writeFileSync(join(directory, "driftd.yaml"), JSON.stringify(CONFIG));
  writeFileSync(join(directory, "rules/scoring.yaml"), JSON.stringify(RULES));
  writeFileSync(join(directory, "key"), `${MARK}-key-of-32-bytes-or-more`);
  writeFileSync(join(directory, "known.jsonl"), known);
  writeFileSync(
    join(directory, "scored.jsonl"),
    lines(600, (i) => liveLine(5_000 + i)),
  );
  writeFileSync(
    join(directory, "truths.jsonl"),
    lines(600, (i) =>
      JSON.stringify({
        id: `${MARK}-id-${5_000 + i}`,
        time: new Date(BEGIN + (5_060 + i) * STEP).toISOString(),
        truth: i % 2,
        note: `${MARK}-note`,
      }),
    ),
  );
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

/** Everything that the daemon can be asked for, once it has judged the whole file. */
async function askAll(daemon: Program): Promise<Record<string, string>> {
  for (const end = Date.now() + PATIENCE; Date.now() < end; await sleep(100)) {
    const url = /"url":"([^"]+)"/.exec(daemon.output())?.[1];
    if (url === undefined) continue;
    const paths = ["/api/alerts", "/api/accounting", "/metrics", "/healthz", "/readyz", "/nowhere"];
    const texts = await Promise.all(
      paths.map(async (path) => [path, await (await fetch(url + path)).text()] as const),
    );
    const answers = Object.fromEntries(texts);
    if (answers["/api/alerts"]?.includes('"New"') === true) return answers;
  }
  throw new Error(`no alert came. The daemon said:\n${daemon.output()}`);
}

test("personal data leave no trace in the reference, the state, the logs and what is served", async () => {
  const directory = mkdtempSync(join(tmpdir(), "driftd-privacy-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  writeProject(directory);
  const build = ["reference", "build", "known.jsonl", "--rules", "rules/scoring.yaml"];
  const built = await driftd(directory, ...build, "--config", "driftd.yaml", "--output", "scoring.arrow");
  expect(await built.exit).toBe(0);
  const shown = await driftd(directory, "reference", "show", "scoring.arrow", "--json");
  expect(await shown.exit).toBe(0);
  const daemon = await driftd(directory, "run", "--log-level", "debug");
  const answers = await askAll(daemon);
  daemon.stop();
  expect(await daemon.exit).toBe(0);

  const state = readdirSync(join(directory, "state")).map((name) => join("state", name));
  const files = ["scoring.arrow", ...state].map(
    (name) => [name, readFileSync(join(directory, name)).toString("latin1")] as const,
  );
  const places = new Map([
    ...Object.entries(answers),
    ...files,
    ["log", daemon.output()],
    ["show", shown.output()],
  ]);
  const leaks = [...places].filter(([, text]) => text.includes(MARK) || text.includes(String(CARD_NUMBER)));
  expect(leaks.map(([place]) => place)).toEqual([]);
  // The search would find them: what is not personal stands there in clear.
  expect(places.get("scoring.arrow")).toContain("region=eu");
  expect(places.get("state/state.mdb")).toContain("v1");
  // And the cards were not merely left out.
  expect(answers["/api/alerts"]).toMatch(/"alert":"New"[^{]*"column":"card"/);
  expect(answers["/metrics"]).toContain('driftd_novel_ratio{model="scoring",version="v1",column="card"}');
});
