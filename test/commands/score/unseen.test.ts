import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { describeUnseen } from "../../../src/commands/score/unseen.ts";
import type { ScoreReport } from "../../../src/commands/score/report.ts";
import { driftd } from "./score-files.ts";

let directory = "";

/** 4,000 rows with the region that `regionOf` says, and another column that stays as it is. */
function csv(regionOf: (i: number) => string): string {
  const rows = Array.from({ length: 4_000 }, (_, i) => `${regionOf(i)},${i % 2 === 0 ? "app" : "web"}`);
  return ["region,device", ...rows].join("\n");
}

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "driftd-unseen-"));
  const usual = (i: number): string => (i % 3 === 0 ? "eu" : "us");
  await writeFile(join(directory, "usual.csv"), csv(usual));
  await writeFile(
    join(directory, "new.csv"),
    csv((i) =>
      i % 10 === 0 ? "mars" : i % 100 === 1 ? "moon" : i === 2 ? "" : i % 400 === 5 ? "io" : usual(i),
    ),
  );
  await writeFile(
    join(directory, "many.csv"),
    csv((i) => (i % 2 === 0 ? `r${i % 40}` : usual(i))),
  );
});

afterAll(async () => {
  await rm(directory, { recursive: true });
});

async function columnsOf(window: string): Promise<ScoreReport["columns"]> {
  const { out } = await driftd(directory, ["score", "usual.csv", window, "--json"]);
  // The shape is what these tests are about.
  return (JSON.parse(out) as ScoreReport).columns;
}

it("names the categories that the reference never had, with their share of the values", async () => {
  const columns = await columnsOf("new.csv");
  expect(columns["region"]?.unseen).toEqual([
    { category: "mars", n: 400, share: 400 / 3_999 },
    { category: "moon", n: 40, share: 40 / 3_999 },
  ]);
  // Ten rows are too few to name what they have in common, and are counted all the same.
  expect(columns["region"]?.measures["novel"]?.value).toBeCloseTo(450 / 3_999, 12);
  expect(columns["region"]?.explanation).toMatch(/ New are mars \(10%\) and moon \(1%\)\.$/);
  expect(columns["device"]).not.toHaveProperty("unseen");
});

it("names five at most, and says so of none where there is none", async () => {
  expect((await columnsOf("many.csv"))["region"]?.unseen).toHaveLength(5);
  expect((await columnsOf("usual.csv"))["region"]).not.toHaveProperty("unseen");
});

it("shows a category without letters for what it is", () => {
  const unseen = ["", " ", "a b"].map((category) => ({ category, n: 100, share: 0.1 }));
  expect(describeUnseen(unseen)).toBe('New are "" (10%), " " (10%) and a b (10%).');
});
