import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { ScoreReport } from "../../../src/commands/score/report.ts";
import { random } from "../../reference/plain-rows.ts";
import { driftd } from "./score-files.ts";

interface Person {
  readonly region: number;
  readonly site: string;
  readonly age: number;
  readonly p: number;
  readonly hired: boolean;
}

/** Region 3 is small; region 2 is chosen less often than the score alone would say. */
function people(count: number, seed: number): Person[] {
  const next = random(seed);
  return Array.from({ length: count }, (_, i) => {
    const region = i % 50 === 0 ? 3 : 1 + (i % 2);
    const merit = next();
    return {
      region,
      site: region === 2 ? "south" : "north",
      age: 20 + Math.floor(next() * 40),
      p: region === 2 ? merit * 0.8 : merit,
      hired: next() < merit,
    };
  });
}

const usual = people(6_000, 1);
const window = people(2_000, 2);
let directory = "";

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "driftd-groups-"));
  const put = (name: string, rows: readonly object[]): Promise<void> =>
    writeFile(join(directory, name), rows.map((row) => JSON.stringify(row)).join("\n"));
  await put("usual.jsonl", usual);
  await put("window.jsonl", window);
  await put(
    "unlabelled.jsonl",
    window.map(({ hired: _hired, ...row }) => row),
  );
  await put(
    "unscored.jsonl",
    window.map(({ region, age }) => ({ region, age })),
  );
});

afterAll(async () => {
  await rm(directory, { recursive: true });
});

async function report(...argv: string[]): Promise<ScoreReport> {
  const { out } = await driftd(directory, ["score", "usual.jsonl", ...argv, "--json"]);
  // The shape is what these tests are about.
  return JSON.parse(out) as ScoreReport;
}

const share = (rows: readonly Person[]): number => rows.filter(({ p }) => p >= 0.5).length / rows.length;

it("compares the groups of a column, with and without labels, and shows none that are small", async () => {
  const { fairness } = await report(
    "window.jsonl",
    "--score",
    "p",
    "--truth",
    "hired",
    "--segment",
    "region",
  );
  const region = fairness?.["region"];
  expect(Object.keys(region?.groups ?? {})).toEqual(["1", "2"]);
  const [first, second] = ["1", "2"].map((name) => window.filter((row) => String(row.region) === name));
  expect(region?.groups["1"]?.selectionRate?.value).toBeCloseTo(share(first), 12);
  expect(region?.groups["1"]?.selectionRate?.n).toBe(first.length);
  const hired = second.filter((row) => row.hired);
  expect(region?.groups["2"]?.truePositiveRate?.value).toBeCloseTo(share(hired), 12);
  expect(region?.groups["2"]?.truePositiveRate?.n).toBe(hired.length);
  expect(Object.keys(region?.measures ?? {})).toEqual([
    "demographic-parity-difference",
    "demographic-parity-ratio",
    "equal-opportunity-difference",
    "equalized-odds-difference",
  ]);
  const {
    value = 0,
    lower = 1,
    upper = 0,
    extras,
  } = region?.measures["demographic-parity-difference"] ?? { n: 0 };
  expect(value).toBeCloseTo(share(first) - share(second), 12);
  expect(lower < value && value < upper).toBe(true);
  expect(extras).toEqual({ groups: 2, hidden: 1 });
});

it("compares decisions alone where there is no truth", async () => {
  const argv = ["--score", "p", "--segment", "region"];
  const { fairness, outcome } = await report("unlabelled.jsonl", ...argv);
  const region = fairness?.["region"];
  expect(region?.groups["1"]).toHaveProperty("selectionRate");
  expect(region?.groups["1"]).not.toHaveProperty("truePositiveRate");
  expect(region?.measures["demographic-parity-ratio"]?.status).toBe("ok");
  expect(region?.measures["equalized-odds-difference"]).toMatchObject({ status: "too-few" });
  expect(outcome.measures).toEqual({});
});

it("estimates accuracy from the reference's labels, beside the real one where there is one", async () => {
  const { outcome } = await report("window.jsonl", "--score", "p", "--truth", "hired");
  const { accuracy, ...others } = outcome.measures;
  const estimated = others["estimated-accuracy"];
  expect(Math.abs((estimated?.value ?? 0) - (accuracy?.value ?? 1))).toBeLessThan(0.03);
  expect(estimated?.extras?.["labels"]).toBe(6_000);
  const rows = usual.filter(({ p, hired }) => p >= 0.5 === hired).length;
  expect(Math.abs((estimated?.extras?.["reference"] ?? 0) - rows / usual.length)).toBeLessThan(0.01);
});

it("compares what a built reference is split by, without being asked", async () => {
  const rules = "version: 1\nmodel: hiring\nsegmentBy: [site]\n";
  await writeFile(join(directory, "rules.yaml"), rules);
  const build = [
    "reference",
    "build",
    "usual.jsonl",
    "--rules",
    "rules.yaml",
    "--score",
    "p",
    "--truth",
    "hired",
  ];
  await driftd(directory, [...build, "--output", "usual.arrow"]);
  const argv = ["score", "usual.arrow", "window.jsonl", "--score", "p", "--truth", "hired", "--json"];
  // The shape is what these tests are about.
  const { fairness } = JSON.parse((await driftd(directory, argv)).out) as ScoreReport;
  expect(Object.keys(fairness ?? {})).toEqual(["site"]);
  expect(Object.keys(fairness?.["site"]?.groups ?? {}).toSorted()).toEqual(["north", "south"]);
});

it("has nothing to compare without --segment, or where nothing decides", async () => {
  expect(await report("window.jsonl", "--score", "p")).not.toHaveProperty("fairness");
  const { out } = await driftd(directory, [
    "score",
    "unscored.jsonl",
    "unscored.jsonl",
    "--segment",
    "region",
    "--json",
  ]);
  expect(JSON.parse(out)).not.toHaveProperty("fairness");
});

it("prints groups with their intervals", async () => {
  const named = ["--score", "p", "--truth", "hired", "--segment", "region"];
  const { out } = await driftd(directory, ["score", "usual.jsonl", "window.jsonl", ...named]);
  expect(out).toMatch(/^region +selected +selected of class 1 +selected of the others$/m);
  expect(out).toMatch(/^1 +\d+% \(\d+% to \d+%; n=960\)/m);
  expect(out).toMatch(
    /^Estimated accuracy, without labels +0\.\d+ +0\.\d+ +2,000 +95% interval 0\.\d+ to 0\.\d+$/m,
  );
  expect(out).toMatch(/^groups of region +value +95% interval +n *$/m);
  expect(out).toMatch(/^Smallest selection rate over the largest +0\.\d+ +0\.\d+ to [01]/m);
});

it.each([
  ["regoin", "the reference has no such feature. It has region, site, age."],
  ["hired", "the reference has no such feature. It has region, site, age."],
  ["p", "the reference has no such feature. It has region, site, age."],
])("says of --segment %s what is wrong", async (column, message) => {
  const argv = ["score", "usual.jsonl", "window.jsonl", "--truth", "hired", "--score", "p", "--segment"];
  await expect(driftd(directory, [...argv, column])).rejects.toThrow(message);
});

it("does not take a measurement for groups", async () => {
  const argv = ["score", "usual.jsonl", "window.jsonl", "--score", "age", "--segment", "p"];
  await expect(driftd(directory, argv)).rejects.toThrow("--segment p: it has more than 200 values");
});
