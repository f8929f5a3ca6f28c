import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findGridDifference } from "../../src/reference/grid-match.ts";
import { readReference } from "../../src/reference/reference-file.ts";
import { random } from "../reference/plain-rows.ts";
import { runCommand, type Ended } from "./command-io.ts";

const RULES = `version: 1
model: fraud
references:
  default: { file: fraud.arrow }
  v8: { file: fraud-v8.arrow }
segmentBy: [region]
columns: { region: { type: category }, card: { type: category } }
rules: [{ alert: Drift, measure: psi, columns: ["*"] }]
`;

function events(
  seed: number,
  change: (features: Record<string, unknown>) => Record<string, unknown>,
): string {
  const next = random(seed);
  return Array.from({ length: 4_000 }, (_, i) => {
    const features = { amount: next() * 100, card: `c${i % 7}` };
    const segment = { region: next() < 0.7 ? "eu" : "us" };
    const time = new Date(Date.UTC(2024, 0, 1) + i * 20_000).toISOString();
    return JSON.stringify({
      id: `e${i}`,
      time,
      segment,
      features: change(features),
      prediction: { score: next() },
    });
  }).join("\n");
}

describe("driftd reference build --grid", () => {
  const cwd = mkdtempSync(join(tmpdir(), "driftd-grid-"));
  const path = (file: string): string => join(cwd, file);
  const write = (file: string, text: string): void => writeFileSync(path(file), text);
  afterAll(() => rmSync(cwd, { recursive: true }));
  const reference = (...argv: string[]): Promise<Ended> => runCommand(["reference", ...argv], { cwd });
  const read = (file: string) => readReference(readFileSync(path(file)), file);

  beforeAll(async () => {
    write("fraud.yaml", RULES);
    write(
      "v7.jsonl",
      events(11, (features) => features),
    );
    write(
      "v8.jsonl",
      events(12, ({ amount, ...others }) => ({ amount: 50 + Number(amount), ...others })),
    );
    await reference("build", "v7.jsonl", "--rules", "fraud.yaml", "--output", "fraud.arrow");
  });

  it("counts other rows on the same bins, and says whose they are", async () => {
    const built = await reference(
      "build",
      "v8.jsonl",
      "--rules",
      "fraud.yaml",
      "--grid",
      "fraud.arrow",
      "--output",
      "fraud-v8.arrow",
    );
    expect(built).toMatchObject({ status: 0, err: "" });
    const [known, own] = [read("fraud.arrow"), read("fraud-v8.arrow")];
    expect(own.columns).toEqual(known.columns);
    expect(own.segments.map(({ name }) => name)).toEqual(known.segments.map(({ name }) => name));
    expect(own.gridOf).toBe(known.id);
    expect(findGridDifference(known, own)).toBeUndefined();
    const amount = known.columns.findIndex(({ name }) => name === "amount");
    const [before, after] = [known, own].map(({ segments }) => segments[0].columns[amount].counts);
    expect([...after]).not.toEqual([...before]);
    expect(own.segments[0].columns[amount].calibrations[0].k).toBeGreaterThan(5);
    const shown = await reference("show", "fraud-v8.arrow");
    expect(shown.out).toContain(`counted on the bins of ${known.id}`);
    expect(await runCommand(["check", "fraud.yaml"], { cwd })).toMatchObject({ status: 0 });
  });

  it("refuses rows that do not fit, and check names what differs between references", async () => {
    write(
      "less.jsonl",
      events(13, ({ card }) => ({ card })),
    );
    const less = await reference(
      "build",
      "less.jsonl",
      "--rules",
      "fraud.yaml",
      "--grid",
      "fraud.arrow",
      "--output",
      "x.arrow",
    );
    expect(less).toMatchObject({
      status: 78,
      err: expect.stringContaining("the source has no column amount. Bring rows of the same columns"),
    });
    const stranger = await reference(
      "build",
      "v8.jsonl",
      "--model",
      "other",
      "--grid",
      "fraud.arrow",
      "--output",
      "x.arrow",
    );
    expect(stranger).toMatchObject({
      status: 78,
      err: expect.stringContaining(
        "fraud.arrow is a reference of model fraud, and this is to be one of other",
      ),
    });
    await reference("build", "v8.jsonl", "--rules", "fraud.yaml", "--output", "apart.arrow");
    write("apart.yaml", RULES.replace("fraud-v8", "apart"));
    const { status, out } = await runCommand(["check", "apart.yaml"], { cwd });
    expect(status).toBe(78);
    expect(out).toContain(
      "cannot stand beside the default reference: prediction.score is counted on other bins in it; build it with driftd reference build SOURCE --grid and the default's file",
    );
  });
});
