import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ScoreReport } from "../../../src/commands/score/report.ts";
import { random } from "../../reference/plain-rows.ts";
import { driftd } from "./score-files.ts";

let directory = "";
const CLASSES = ["cat", "dog", "cow"];

/** A model of three classes, whose probabilities are right. */
function decisions(count: number, seed: number): string {
  const next = random(seed);
  const rows = Array.from({ length: count }, () => {
    const weights = CLASSES.map(() => 0.1 + next() ** 2);
    const total = weights.reduce((sum, one) => sum + one, 0);
    const shares = weights.map((one) => one / total);
    const draw = next();
    const came = draw < shares[0] ? 0 : draw < shares[0] + shares[1] ? 1 : 2;
    return {
      probabilities: Object.fromEntries(CLASSES.map((name, i) => [name, shares[i]])),
      decision: CLASSES[shares.indexOf(Math.max(...shares))],
      truth: CLASSES[came],
    };
  });
  return rows.map((row) => JSON.stringify(row)).join("\n");
}

/** A model of numbers: its answers lie `by` too high, and scatter. */
function numbers(count: number, seed: number, by = 0): string {
  const next = random(seed);
  const rows = Array.from({ length: count }, () => {
    const truth = 100 * next();
    return `${truth + by + next() + next() - 1},${truth}`;
  });
  return ["prediction,truth", ...rows].join("\n");
}

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "driftd-tables-"));
  await writeFile(join(directory, "classes.jsonl"), decisions(4_000, 1));
  await writeFile(join(directory, "later.jsonl"), decisions(2_000, 2));
  await writeFile(join(directory, "numbers.csv"), numbers(4_000, 3));
  await writeFile(join(directory, "higher.csv"), numbers(2_000, 4, 0.5));
});

afterAll(async () => {
  await rm(directory, { recursive: true });
});

const text = async (...argv: string[]) => (await driftd(directory, ["score", ...argv])).out;

async function outcomeOf(...argv: string[]): Promise<ScoreReport["outcome"]> {
  // The shape is what these tests are about.
  const report = JSON.parse(await text(...argv, "--json")) as ScoreReport;
  return report.outcome;
}

describe("a model of many classes", () => {
  it("has its confusion counted beside the probabilities of all classes", async () => {
    const { confusion, measures } = await outcomeOf("classes.jsonl", "later.jsonl");
    expect(measures["classwise-ece"]?.status).toBe("ok");
    expect(confusion?.classes.toSorted()).toEqual(["(other)", ...CLASSES].toSorted());
    const counts = confusion?.counts ?? [];
    expect(counts.flat().reduce((sum, one) => sum + one, 0)).toBe(2_000);
    const right = counts.reduce((sum, row, one) => sum + row[one], 0);
    expect(right / 2_000).toBeCloseTo(measures["accuracy"]?.value ?? 0, 12);
  });

  it("shows it, and how far its probabilities come true", async () => {
    const shown = await text("classes.jsonl", "later.jsonl");
    expect(shown).toMatch(/^came, decided +(cat|dog|cow) +(cat|dog|cow) +(cat|dog|cow)$/m);
    expect(shown).toMatch(/^scores +n +mean score +came true +95% interval$/m);
    expect(shown).not.toContain("(other)");
  });
});

describe("a model of numbers", () => {
  it("has its errors placed among the reference's", async () => {
    const { pit = [] } = await outcomeOf("numbers.csv", "higher.csv");
    expect(pit).toHaveLength(10);
    expect(pit[0]).not.toHaveProperty("from");
    expect(pit[9]).not.toHaveProperty("to");
    for (const { usual } of pit) expect(usual).toBeCloseTo(0.1, 2);
    expect(pit.slice(1).map(({ from }) => from)).toEqual(pit.slice(0, -1).map(({ to }) => to));
    expect(pit.reduce((sum, { n }) => sum + n, 0)).toBe(2_000);
    // Errors of a triangle from -1 to 1, moved by a half: the place of .1 from the left is passed by hardly any.
    expect(pit[0]?.share).toBeLessThan(0.02);
    expect(pit[9]?.share).toBeGreaterThan(0.3);
    expect(pit[9]?.lower).toBeLessThan(pit[9]?.share ?? 0);
  });

  it("shows them, and has none that say nothing", async () => {
    expect(await text("numbers.csv", "higher.csv")).toMatch(
      /^errors \(prediction - truth\) +reference +window/m,
    );
    const { pit = [] } = await outcomeOf("numbers.csv", "numbers.csv");
    for (const { usual, share } of pit) expect(share).toBe(usual);
  });
});
