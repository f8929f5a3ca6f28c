import { rm } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ScoreReport } from "../../src/commands/score/report.ts";
import { benjaminiHochberg } from "../../src/statistics/multiple.ts";
import { driftd, NAMED, rowsOf, writeScoreFiles } from "./score/score-files.ts";
import type { Row } from "./score/score-files.ts";

let directory = "";

beforeAll(async () => {
  directory = await writeScoreFiles();
});

afterAll(async () => {
  await rm(directory, { recursive: true });
});

async function report(...argv: string[]): Promise<ScoreReport> {
  const { out } = await driftd(directory, ["score", ...argv, "--json"]);
  // The shape is what these tests are about.
  return JSON.parse(out) as ScoreReport;
}

function drifted({ columns }: ScoreReport): string[] {
  const names = Object.keys(columns).filter((name) => columns[name]?.significance.extras?.["drifted"] === 1);
  return names.toSorted();
}

describe("driftd score --json", () => {
  it("has exactly the promised shape", async () => {
    const scored = await report("usual.jsonl", "moved.jsonl", ...NAMED);
    expect(Object.keys(scored)).toEqual(["columns", "outcome", "lineage"]);
    expect(Object.keys(scored.columns).toSorted()).toEqual(
      ["amount", "holes", "one", "prediction.score", "region", "steady", "vip"].toSorted(),
    );
    for (const column of Object.values(scored.columns)) {
      expect(Object.keys(column)).toEqual([
        "type",
        "reference",
        "window",
        "measures",
        "significance",
        "status",
        "explanation",
      ]);
    }
    expect(Object.keys(scored.columns["amount"]?.measures ?? {})).toEqual(
      expect.arrayContaining(["psi", "ks", "js", "chi2", "missing", "novel"]),
    );
    expect(scored.columns["region"]?.measures).not.toHaveProperty("ks");
    expect(Object.keys(scored.outcome)).toEqual(["measures", "reliability"]);
  });

  it("finds what moved, and nothing else", async () => {
    expect(drifted(await report("usual.jsonl", "moved.jsonl", ...NAMED))).toEqual([
      "amount",
      "holes",
      "region",
    ]);
    expect(drifted(await report("usual.jsonl", "calm.jsonl", ...NAMED))).toEqual([]);
  });

  it("counts values and nulls, and computes PSI as by hand", async () => {
    const { columns } = await report("usual.jsonl", "moved.jsonl", ...NAMED);
    const rows = { usual: rowsOf(13_000, 3), moved: rowsOf(5_000, 4, true) };
    const nulls = (of: Row[]): number => of.filter(({ holes }) => holes === null).length;
    expect(columns["holes"]?.reference).toEqual({
      n: 13_000 - nulls(rows.usual),
      missing: nulls(rows.usual),
    });
    expect(columns["holes"]?.window).toEqual({ n: 5_000 - nulls(rows.moved), missing: nulls(rows.moved) });
    const share = (of: Row[], region: string): number =>
      (of.filter((row) => row["region"] === region).length + 0.5) / (of.length + 1);
    const psi = ["eu", "us"].reduce((sum, region) => {
      const p = share(rows.usual, region);
      const q = share(rows.moved, region);
      return sum + (q - p) * Math.log(q / p);
    }, 0);
    expect(columns["region"]?.measures["psi"]?.value).toBeCloseTo(psi, 12);
  });

  it("adjusts p for the number of columns", async () => {
    const { columns } = await report("usual.jsonl", "calm.jsonl", ...NAMED);
    const judged = Object.values(columns).flatMap(({ significance }) =>
      significance.p === undefined ? [] : [significance],
    );
    expect(judged.length).toBe(6);
    const qs = benjaminiHochberg(judged.map(({ p }) => p ?? 1));
    for (const [position, { p = 1, extras, trust }] of judged.entries()) {
      expect(extras?.["q"]).toBeCloseTo(qs[position], 12);
      expect(extras?.["holm"]).toBeGreaterThanOrEqual(p);
      expect(extras?.["nu"]).toBe("Infinity");
      expect(trust).toBe("promised");
    }
  });

  it("says the same of every format", async () => {
    const [first, second, third] = [
      await report("usual.jsonl", "moved.jsonl", ...NAMED),
      await report("usual.csv", "moved.csv", ...NAMED),
      await report("usual.arrow", "moved.csv", ...NAMED),
    ];
    expect(second).toEqual(first);
    expect(third).toEqual(first);
    expect(await report("usual.csv", "moved.arrow", ...NAMED)).toEqual(first);
  });

  it("has the measures of sums and of different values without being asked for them", async () => {
    const { columns } = await report("usual.jsonl", "moved.jsonl", ...NAMED);
    const { measures, window } = columns["amount"] ?? { measures: {}, window: { n: 0 } };
    const moved = rowsOf(5_000, 4, true);
    const exact = moved.reduce((sum, { amount }) => sum + Number(amount), 0) / moved.length;
    expect(window.n).toBe(moved.length);
    expect(measures["mean"]?.lower).toBeLessThanOrEqual(exact);
    expect(measures["mean"]?.upper).toBeGreaterThanOrEqual(exact);
    expect(measures["wasserstein"]?.effect).toBeGreaterThan(0.1);
    const regions = columns["region"]?.measures["uniqueness"];
    expect(regions).toMatchObject({ status: "ok", trust: "policy" });
    expect(regions?.extras?.["distinct"]).toBeCloseTo(2, 1);
    expect(columns["vip"]?.measures["uniqueness"]?.extras).toEqual({ distinct: 2 });
  });

  it("measures labels, beside what they are in the reference", async () => {
    const { outcome } = await report("usual.jsonl", "moved.jsonl", ...NAMED);
    expect(Object.keys(outcome.measures)).toEqual(
      expect.arrayContaining(["accuracy", "ece", "brier", "spiegelhalter"]),
    );
    const { value = 0, n, extras } = outcome.measures["ece"] ?? { n: 0 };
    expect(n).toBe(5_000);
    expect(value).toBeGreaterThan(0.2);
    expect(extras?.["reference"]).toBeLessThan(0.03);
    const groups = outcome.reliability ?? [];
    expect(groups.reduce((sum, group) => sum + group.n, 0)).toBe(5_000);
    for (const { from, to, score, share, lower, upper } of groups) {
      expect(from <= score && score <= to && lower <= share && share <= upper).toBe(true);
    }
    const change = outcome.measures["calibration-gap"];
    expect(change).toMatchObject({ status: "ok", trust: "promised", n: 5_000, extras: { deff: 1 } });
    expect(change?.p).toBeLessThan(1e-6);
    expect(change?.effect).toBeGreaterThan(0.2);
  });

  it("takes a built reference, and holds windows against its own", async () => {
    const built = ["reference", "build", "usual.jsonl", "--output", "built.arrow"];
    await driftd(directory, [...built, "--time", "ts", ...NAMED]);
    const fromFile = await report("built.arrow", "moved.jsonl", ...NAMED);
    const fromRows = await report("usual.jsonl", "moved.jsonl", "--time", "ts", ...NAMED);
    expect([fromFile.columns, fromFile.outcome]).toEqual([fromRows.columns, fromRows.outcome]);
    const { trust, extras } = fromFile.columns["amount"]?.significance ?? {};
    // Of its windows those of six hours have most nearly as many values, and there are 36.
    expect(trust).toBe("provisional");
    expect(extras?.["nu"]).toBeGreaterThan(10);
    expect(drifted(fromFile)).toEqual(["amount", "holes", "region"]);
  });

  it("names columns of one file only, and cells of another type", async () => {
    const { columns } = await report("usual.jsonl", "strange.jsonl", ...NAMED);
    expect(columns["steady"]).toMatchObject({
      status: "no-data",
      window: { n: 0, missing: 0 },
      measures: {},
      explanation: "Only the reference has this column.",
    });
    expect(columns["added"]).toMatchObject({
      type: "number",
      status: "no-reference",
      explanation: "Only the window has this column.",
    });
    expect(columns["amount"]?.explanation).toBe("50% of cells hold no number.");
    expect(columns["amount"]?.window.n).toBe(2_500);
    expect(drifted({ columns, outcome: { measures: {} } })).toEqual(["amount", "steady"]);
  });

  it("gives what cannot be judged its status", async () => {
    const few = await report("usual.jsonl", "few.jsonl", ...NAMED);
    expect(few.columns["amount"]).toMatchObject({
      status: "too-few",
      explanation: "Not judged, too-few: fewer than 100 values.",
    });
    expect(few.columns["amount"]?.significance).not.toHaveProperty("p");
    const { columns } = await report("usual.csv", "empty.csv", ...NAMED);
    expect(columns["one"]).toMatchObject({
      status: "undefined",
      significance: { reason: "constant" },
    });
    expect(columns["amount"]).toMatchObject({ status: "no-data", window: { n: 0, missing: 5_000 } });
    expect(columns["amount"]?.explanation).toContain("100% of values are missing, 0% in the reference");
    expect(columns["amount"]?.significance.extras?.["drifted"]).toBe(1);
  });
});
