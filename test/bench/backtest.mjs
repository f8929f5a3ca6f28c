// driftd backtest from process start: a million events of 20 numbers, by format, and two rule sets over one reading.
import { spawnSync } from "node:child_process";
import { createWriteStream, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { eventText, labelText, RULES } from "./events.mjs";
import { median, printTable } from "./table.mjs";

const MAIN = fileURLToPath(new URL("../../dist/main.js", import.meta.url));
const USAGE = new URL("usage.mjs", import.meta.url).href;
const EVENTS = 1_000_000;
/** Event time between two events, ms: the million lasts a week, which has 10,080 panes. */
const STEP = 604.8;
const START = Date.UTC(2026, 2, 1);
const REFERENCE_EVENTS = 100_000;
const REFERENCE_STEP = 6_048;
const ROUNDS = 3;

const CONFIG = `
version: 1
kafka: { brokers: ["127.0.0.1:9092"], group: driftd }
streams:
  scored: { role: inference, topic: scored, format: native }
  labels: { role: labels, of: scored, topic: labels, format: native }
rules: [rules/*.yaml]
`;

export async function run() {
  const directory = mkdtempSync(join(tmpdir(), "driftd-bench-"));
  try {
    writeFileSync(join(directory, "driftd.yaml"), CONFIG);
    mkdirSync(join(directory, "rules"));
    writeFileSync(join(directory, "rules/fraud.yaml"), RULES.replace("fraud.arrow", "../fraud.arrow"));
    const reference = {
      count: REFERENCE_EVENTS,
      step: REFERENCE_STEP,
      start: START - REFERENCE_EVENTS * REFERENCE_STEP,
    };
    await write(join(directory, "reference.jsonl"), reference, eventText);
    await write(join(directory, "scored.jsonl"), { count: EVENTS, step: STEP, start: START }, eventText);
    await write(join(directory, "labels.jsonl"), { count: EVENTS, step: STEP, start: START }, labelAt);
    driftd(directory, [
      "reference",
      "build",
      "reference.jsonl",
      "--rules",
      "rules/fraud.yaml",
      "--output",
      "fraud.arrow",
    ]);
    const variants = {
      "a million events": ["scored.jsonl"],
      "with a million labels": ["scored.jsonl", "labels=labels.jsonl"],
      "against a second rule set": ["scored.jsonl", "--against", "rules/fraud.yaml"],
      "its last day": ["scored.jsonl", "--since", "2026-03-07"],
    };
    const rounds = Array.from({ length: ROUNDS }, () =>
      Object.values(variants).map((argv) => driftd(directory, ["backtest", ...argv, "--json"])),
    );
    const rows = Object.keys(variants).map((name, position) => [
      name,
      ...["wall", "cpu", "resident"].map((what) => median(rounds.map((round) => round[position][what]))),
    ]);
    printTable(`backtest: ${EVENTS} events of 20 numbers over a week, jsonl, medians of ${ROUNDS}`, [
      ["", "seconds", "seconds of CPU", "most resident MB"],
      ...rows,
    ]);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function labelAt(i, start, { step }) {
  return labelText(i, start + i * (step - 10));
}

async function write(file, { count, step, start }, textAt) {
  const out = createWriteStream(file);
  for (let i = 0; i < count; i++) {
    if (!out.write(`${textAt(i, start, { step })}\n`)) await once(out, "drain");
  }
  out.end();
  await once(out, "finish");
}

function driftd(cwd, argv) {
  const began = performance.now();
  const child = spawnSync(process.execPath, ["--import", USAGE, MAIN, ...argv], {
    cwd,
    stdio: ["ignore", "ignore", "inherit", "pipe"],
    encoding: "utf8",
  });
  if (child.status !== 0) throw new Error(`driftd ${argv.join(" ")} ended with ${child.status}`);
  const { userCPUTime, systemCPUTime, maxRSS } = JSON.parse(child.output[3]);
  return {
    wall: (performance.now() - began) / 1_000,
    cpu: (userCPUTime + systemCPUTime) / 1e6,
    resident: maxRSS / 1024,
  };
}
