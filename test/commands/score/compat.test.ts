import { rm } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CompatReport } from "../../../src/commands/score/compat.ts";
import { driftd, NAMED, writeScoreFiles } from "./score-files.ts";

let directory = "";

beforeAll(async () => {
  directory = await writeScoreFiles();
});

afterAll(async () => {
  await rm(directory, { recursive: true });
});

async function compatOf(...argv: string[]): Promise<CompatReport> {
  const { out } = await driftd(directory, ["score", ...argv, ...NAMED, "--json"]);
  // The shape is what these tests are about.
  return (JSON.parse(out) as { compat: CompatReport }).compat;
}

describe("driftd score --compat", () => {
  it("tells Evidently's method, threshold and verdict of every column of both files", async () => {
    const { tool, columns, drifted, judged, dataset } = await compatOf(
      "usual.jsonl",
      "moved.jsonl",
      "--compat",
      "evidently",
    );
    expect(tool).toBe("evidently");
    expect(columns["amount"]).toMatchObject({ method: "Wasserstein distance (normed)", drifted: true });
    expect(columns["region"]).toMatchObject({
      method: "Jensen-Shannon distance",
      threshold: 0.1,
      isExact: true,
    });
    expect(columns["steady"]).toMatchObject({ drifted: false });
    expect(columns["one"]).toMatchObject({ value: 0, drifted: false, isExact: true });
    expect(judged).toBe(Object.keys(columns).length);
    expect(drifted).toBe(Object.values(columns).filter((column) => column.drifted === true).length);
    expect(dataset).toBe(drifted / judged >= 0.5);
  });

  it("tells NannyML's alerts by ten chunks of the window", async () => {
    const { columns } = await compatOf("usual.jsonl", "moved.jsonl", "--compat", "nannyml");
    const { region } = columns;
    expect(region?.values).toHaveLength(10);
    expect(region).toMatchObject({ method: "jensen_shannon", alerts: 10, drifted: true, isExact: true });
    expect(region?.value).toBe(Math.max(...(region?.values ?? [])));
    const itself = await compatOf("usual.csv", "usual.csv", "--compat", "nannyml");
    expect(itself).toMatchObject({ drifted: 0, columns: { steady: { alerts: 0, drifted: false } } });
  });

  it("leaves NannyML's verdict open against a built reference, which holds no chunks", async () => {
    await driftd(directory, ["reference", "build", "usual.jsonl", "--output", "compat.arrow", ...NAMED]);
    const { columns, judged } = await compatOf("compat.arrow", "moved.jsonl", "--compat", "nannyml");
    expect(judged).toBe(0);
    expect(columns["region"]).toMatchObject({ method: "jensen_shannon", isExact: false });
    expect(columns["region"]?.reason).toContain("rows of the reference");
  });

  it("shows a section of its own behind the table", async () => {
    const { out } = await driftd(directory, [
      "score",
      "usual.jsonl",
      "moved.jsonl",
      ...NAMED,
      "--compat",
      "evidently",
    ]);
    const section = out.slice(out.indexOf("What Evidently would say by its defaults"));
    expect(section).toMatch(/columns drifted; the data set (drifted|did not drift)\./);
    expect(section).toMatch(/region +Jensen-Shannon distance +0\.\d+ +0\.1 +drift/);
    expect(section).toContain("* values inside a bin are taken as evenly spread.");
  });
});
