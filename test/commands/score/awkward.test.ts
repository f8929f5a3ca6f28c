import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ScoreReport } from "../../../src/commands/score/report.ts";
import { random } from "../../reference/plain-rows.ts";
import { driftd } from "./score-files.ts";

let directory = "";

/** `shift` moves x; `ones` is the share of 1 in flag. */
function table(count: number, seed: number, { shift = 0, ones = 0.05 } = {}): string {
  const next = random(seed);
  const rows = Array.from({ length: count }, (_, i) => {
    const p = next();
    return [
      new Date(Date.UTC(2024, 0, 1) + i * 60_000).toISOString(),
      (next() + shift).toFixed(4),
      next() < ones ? 1 : 0,
      next() < 0.5 ? "eu" : "us",
      next() < 0.1 ? "NA" : next().toFixed(3),
      "",
      `text ${i} ${seed}`,
      p.toFixed(4),
      next() < p ? 1 : 0,
    ].join(",");
  });
  return ["ts,x,flag,region,holes,nothing,note,p,truth", ...rows].join("\n");
}

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "driftd-awkward-"));
  await writeFile(join(directory, "usual.csv"), table(12_000, 1));
  await writeFile(join(directory, "moved.csv"), table(4_000, 2, { shift: 0.1, ones: 0.3 }));
  await writeFile(join(directory, "calm.csv"), table(4_000, 3));
  await writeFile(join(directory, "far.csv"), table(4_000, 6, { shift: 100 }));
  const odd = (i: number) =>
    `{"__proto__":${i},"constructor":"${i % 3}x","toString":${i % 2 === 0},"valueOf":${i % 7}}`;
  await writeFile(join(directory, "odd.jsonl"), Array.from({ length: 300 }, (_, i) => odd(i)).join("\n"));
  const escape = ["\u001B[2Jx,y", ...Array.from({ length: 300 }, (_, i) => `,${i % 7}`)];
  await writeFile(join(directory, "escape.csv"), escape.join("\n"));
  const targets = ["x,target", ...Array.from({ length: 300 }, (_, i) => `${i},${i % 3 === 0 ? 1 : 0}`)];
  await writeFile(join(directory, "targets.csv"), targets.join("\n"));
  const single = (i: number) => JSON.stringify({ b: i % 3 === 0 ? null : true, x: i });
  await writeFile(
    join(directory, "single.jsonl"),
    Array.from({ length: 300 }, (_, i) => single(i)).join("\n"),
  );
  const unlabelled = table(4_000, 5).replaceAll(/,[^,\n]*$/gm, "");
  await writeFile(join(directory, "unlabelled.csv"), unlabelled);
});

afterAll(async () => {
  await rm(directory, { recursive: true });
});

const text = async (...argv: string[]) => (await driftd(directory, ["score", ...argv])).out;

async function report(...argv: string[]): Promise<ScoreReport> {
  // The shape is what score.test.ts is about.
  return JSON.parse(await text(...argv, "--json")) as ScoreReport;
}

describe("columns called as every object's members", () => {
  it("are columns like any other", async () => {
    const { columns } = await report("odd.jsonl", "odd.jsonl");
    const names = ["__proto__", "constructor", "toString", "valueOf"];
    expect(Object.keys(columns).toSorted()).toEqual(names);
    expect(names.map((name) => Object.getOwnPropertyDescriptor(columns, name)?.value.type)).toEqual([
      "number",
      "category",
      "boolean",
      "number",
    ]);
  });
});

describe("a column whose name commands the terminal", () => {
  it("is shown by its codes, where it is left out too", async () => {
    const shown = await text("escape.csv", "escape.csv");
    expect(shown).toContain("Left out: \\u001b[2Jx (no value in the first 300 rows).");
    expect(shown).not.toContain("\u001B");
  });
});

describe("a column of one value", () => {
  it("is called constant, whatever else is asked of it", async () => {
    const lines = (await text("single.jsonl", "single.jsonl")).split("\n");
    expect(lines.find((line) => line.startsWith("b "))).toMatch(/ constant$/);
  });
});

describe("a number that is 0 or 1, and mostly 0", () => {
  it("moves by all measures of its distribution", async () => {
    const { measures, explanation } = (await report("usual.csv", "moved.csv")).columns["flag"] ?? {};
    for (const name of ["psi", "js", "hellinger", "linf", "ks"]) {
      expect(measures?.[name]?.effect).toBeGreaterThan(0.01);
    }
    expect(explanation).toMatch(/flag moved up: above 0 rose from [45]% to (29|30|31)%/);
  });
});

describe("cells that say there is no number", () => {
  it("are missing, and the column is one of numbers", async () => {
    const { holes } = (await report("usual.csv", "calm.csv")).columns;
    expect(holes.type).toBe("number");
    expect(holes.window.missing / 4_000).toBeCloseTo(0.1, 1);
    expect(holes.explanation).toMatch(/^No more than chance/);
  });
});

describe("a column that is of no use", () => {
  it("has its status and reason, and stands in no table", async () => {
    const { columns } = await report("usual.csv", "calm.csv");
    expect(columns["nothing"]).toMatchObject({ type: "left out", status: "undefined", measures: {} });
    expect(columns["nothing"]?.significance.reason).toMatch(/^no value in the first \d+ rows$/);
    expect(columns["note"]?.explanation).toBe("Left out: most values are distinct: an id, or free text.");
    const lines = (await text("usual.csv", "calm.csv")).split("\n");
    expect(lines.filter((line) => /^(nothing|note) /.test(line))).toEqual([]);
    expect(lines[3]).toMatch(/^Left out: .*note \(most values are distinct.*nothing \(no value/);
  });
});

describe("what a column's values are like", () => {
  it("is told of every column that has any, before and now", async () => {
    const lines = (await text("usual.csv", "moved.csv")).split("\n");
    const at = lines.findIndex((line) => line.startsWith("values "));
    expect(lines[at]).toMatch(/^values +mean +sd +median +5% to 95% +different$/);
    const rows = lines.slice(at + 1, at + 6).map((line) => line.split(/ {2,}/));
    const row = (name: string) => rows.find(([first]) => first === name);
    expect(row("x")?.[1]).toMatch(/^0\.(49\d*|5|50\d*) → 0\.(59\d*|6|60\d*)$/);
    expect(row("flag")?.slice(3)).toEqual(["0", "0 to 1", "2"]);
    expect(row("region")?.slice(1)).toEqual(["-", "-", "-", "-", "2"]);
  });

  it("claims no place for values beyond all that the reference had", async () => {
    const lines = (await text("usual.csv", "far.csv")).split("\n");
    const row = lines.filter((line) => line.startsWith("x ")).at(-1) ?? "";
    expect(row.split(/ {2,}/).slice(3, 5)).toEqual([expect.stringMatching(/ → above (1|0\.9\d+)$/), "-"]);
  });

  it("has the share of different values, whatever the type", async () => {
    const { columns } = await report("usual.csv", "calm.csv");
    expect(columns["flag"]?.measures["uniqueness"]?.extras?.["distinct"]).toBeCloseTo(2, 1);
    expect(columns["region"]?.measures["uniqueness"]?.extras?.["distinct"]).toBeCloseTo(2, 1);
    const { value = Number.NaN, lower, upper } = columns["x"]?.measures["uniqueness"] ?? {};
    // 4,000 of 10,000 values drawn with replacement are different ones in 82% of cases.
    expect(value).toBeGreaterThan(0.75);
    expect(value).toBeLessThan(0.9);
    expect(lower).toBeLessThan(value);
    expect(upper).toBeGreaterThan(value);
  });
});

describe("fields that are named", () => {
  it("leave a column called truth alone that is not it", async () => {
    const { columns } = await report("usual.csv", "calm.csv", "--truth", "flag", "--score", "p");
    expect(columns["truth"]).toMatchObject({ type: "number", status: "ok" });
    expect(columns["truth"]?.significance.extras?.["drifted"]).toBe(0);
    expect(columns["truth"]?.measures["mean"]?.value).toBeCloseTo(0.5, 1);
  });

  it("are one each", async () => {
    const failing = driftd(directory, ["score", "usual.csv", "calm.csv", "--score", "p", "--truth", "p"]);
    await expect(failing).rejects.toThrow("--truth p: --score names the same column");
  });

  it("must be of two classes beside a score", async () => {
    const named = ["--truth", "x", "--score", "p"];
    const failing = driftd(directory, ["score", "usual.csv", "calm.csv", ...named]);
    await expect(failing).rejects.toThrow(
      "--truth x: beside a score a truth is true or false, 1 or 0, yes or no",
    );
  });

  it("must be numbers where that is what they are for", async () => {
    const failing = driftd(directory, ["score", "usual.csv", "calm.csv", "--score", "region"]);
    await expect(failing).rejects.toThrow("--score region: not one of its values in");
  });
});

describe("a window whose truth is not known yet", () => {
  it("is estimated by the reference's", async () => {
    const named = ["--score", "p", "--truth", "truth"];
    const { outcome, columns } = await report("usual.csv", "unlabelled.csv", ...named);
    expect(Object.keys(outcome.measures)).toEqual(
      ["accuracy", "precision", "recall", "auc"].map((name) => `estimated-${name}`),
    );
    expect(columns).not.toHaveProperty("truth");
    expect(columns["x"]?.significance.extras?.["drifted"]).toBe(0);
  });

  it("is not one whose reference does not know it either", async () => {
    const failing = driftd(directory, ["score", "unlabelled.csv", "usual.csv", "--truth", "truth"]);
    await expect(failing).rejects.toThrow("unlabelled.csv has no such column");
  });
});

describe("a truth that no prediction stands beside", () => {
  it("is compared like any other column", async () => {
    const { columns, outcome } = await report("targets.csv", "targets.csv");
    expect(columns["target"]).toMatchObject({ type: "number", status: "ok" });
    expect(outcome.measures).toEqual({});
  });
});

describe("labels beside their predictions", () => {
  it("have numbers, and no delay", async () => {
    const named = ["--score", "p", "--truth", "truth"];
    const { outcome } = await report("usual.csv", "calm.csv", ...named);
    const names = Object.keys(outcome.measures);
    expect(names).toEqual(expect.arrayContaining(["calibration-gap", "ece", "auc", "estimated-auc"]));
    expect(names.filter((name) => name.startsWith("label-"))).toEqual([]);
    for (const { value, n } of Object.values(outcome.measures)) {
      expect(value).toEqual(expect.any(Number));
      expect(n).toBe(4_000);
    }
  });
});

describe("a window that is longer than the reference's", () => {
  it("is held against those that are nearest to it, and says what its values are worth", async () => {
    const timed = ["--time", "ts", "--score", "p", "--truth", "truth"];
    const { columns } = await report("usual.csv", "moved.csv", ...timed);
    expect(columns["x"]?.significance).toMatchObject({ trust: "provisional", extras: { drifted: 1 } });
    const calm = await report("usual.csv", "calm.csv", ...timed);
    expect(calm.columns["x"]?.explanation).toMatch(/Its 4,000 values are worth \d+ independent ones\.$/);
    expect(await text("usual.csv", "calm.csv", ...timed)).toContain("own windows of 1h, 6h, 1d or 7d show.");
  });
});
