import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { ScoreReport } from "../../../src/commands/score/report.ts";
import { random } from "../../reference/plain-rows.ts";
import { driftd } from "./score-files.ts";

let directory = "";

/** Three classes; the larger `haze`, the nearer their probabilities. */
function events(count: number, seed: number, haze: number): string {
  const next = random(seed);
  const rows = Array.from({ length: count }, (_, i) => {
    const weights = [next(), next(), next()].map((one) => one + haze);
    const total = weights.reduce((sum, one) => sum + one, 0);
    const [cat, dog, cow] = weights.map((one) => one / total);
    const time = new Date(Date.UTC(2026, 0, 1) + i * 60_000).toISOString();
    return { time, model: "m", features: { x: next() }, prediction: { probabilities: { cat, dog, cow } } };
  });
  return rows.map((row) => JSON.stringify(row)).join("\n");
}

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "driftd-probabilities-"));
  await writeFile(join(directory, "usual.jsonl"), events(5_000, 1, 0.1));
  await writeFile(join(directory, "unsure.jsonl"), events(2_000, 2, 0.4));
  await writeFile(join(directory, "calm.jsonl"), events(2_000, 3, 0.1));
});

afterAll(async () => {
  await rm(directory, { recursive: true });
});

async function drifted(reference: string, window: string): Promise<string[]> {
  const { out } = await driftd(directory, ["score", reference, window, "--json"]);
  // The shape is what this test is about.
  const { columns } = JSON.parse(out) as ScoreReport;
  expect(Object.keys(columns)).toEqual(["prediction.confidence", "prediction.entropy", "x"]);
  return Object.keys(columns).filter((name) => columns[name]?.significance.extras?.["drifted"] === 1);
}

it("finds that a model of many classes grew unsure, by rows and by a built reference", async () => {
  const unsure = ["prediction.confidence", "prediction.entropy"];
  expect(await drifted("usual.jsonl", "unsure.jsonl")).toEqual(unsure);
  expect(await drifted("usual.jsonl", "calm.jsonl")).toEqual([]);
  await driftd(directory, ["reference", "build", "usual.jsonl", "--independent", "--output", "usual.arrow"]);
  expect(await drifted("usual.arrow", "unsure.jsonl")).toEqual(unsure);
});
