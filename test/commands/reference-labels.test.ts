import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readReference } from "../../src/reference/reference-file.ts";
import type { Reference } from "../../src/reference/reference.ts";
import { random } from "../reference/plain-rows.ts";
import { runReference } from "./run-reference.ts";
import type { Ran } from "./run-reference.ts";

let directory = "";

const START = Date.UTC(2026, 0, 1) / 1000;
const HOUR = 3600;
const ROWS = 3000;

const RULES = `version: 1
model: fraud
references: { default: { file: fraud.arrow } }
segmentBy: [region]
columns: { region: { type: category } }
rules:
  - { alert: Drift, measure: psi, columns: ["*"] }
  - { alert: Miscalibrated, measure: calibration-gap, atLeast: 0.02 }
`;

const CONFIG = `version: 1
streams:
  fraud:   { role: inference, topic: scored, format: json, map: { id: /txn, time: /ts, model: { value: fraud }, version: { header: model-version }, score: /p, features: /x } }
  charged: { role: labels, of: fraud, topic: charged, format: json, map: { id: /txn, time: /ts, truth: /fraud } }
kafka: { brokers: ["kafka:9092"], group: driftd }
rules: [rules.yaml]
`;

interface Row {
  readonly txn: string;
  readonly ts: number;
  readonly p: number;
  readonly x: { readonly region: string; readonly amount: number };
  readonly fraud: boolean;
}

/** One in ten has no label; the others come within a day. */
function rowsOf(): Row[] {
  const next = random(5);
  return Array.from({ length: ROWS }, (_, i) => {
    const p = next();
    const x = { region: next() < 0.7 ? "eu" : "us", amount: next() * 100 };
    return { txn: `t${i}`, ts: START + i * 120, p, x, fraud: next() < p };
  });
}

const rows = rowsOf();
const isLabelled = (i: number): boolean => i % 10 !== 3;

function lines(records: readonly object[]): string {
  return `${records.map((record) => JSON.stringify(record)).join("\n")}\n`;
}

async function save(name: string, records: readonly object[]): Promise<void> {
  await writeFile(join(directory, name), lines(records));
}

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "driftd-labels-"));
  await writeFile(join(directory, "rules.yaml"), RULES);
  await writeFile(join(directory, "driftd.yaml"), CONFIG);
  await save(
    "scored.jsonl",
    rows.map(({ fraud: _fraud, ...row }) => row),
  );
  await save(
    "joined.jsonl",
    rows.map(({ fraud, ...row }, i) => (isLabelled(i) ? { ...row, fraud } : row)),
  );
  const labels = rows.flatMap(({ txn, ts, fraud }, i) =>
    isLabelled(i) ? [{ txn, ts: ts + ((i * 7) % 24) * HOUR, fraud }] : [],
  );
  await save("charged.jsonl", labels);
  await save(
    "timeless.jsonl",
    labels.map(({ txn, fraud }) => ({ txn, fraud })),
  );
  const csv = labels.map(({ txn, ts, fraud }) => `${txn},${ts},${fraud ? 1 : 0}`);
  await writeFile(join(directory, "charged.csv"), `order,ts,fraud\n${csv.join("\n")}\n`);
});

afterAll(async () => {
  await rm(directory, { recursive: true });
});

/** A command line without the quotes of a shell. */
const run = (line: string): Promise<Ran> => runReference(directory, line.split(" "));

async function build(line: string): Promise<Ran & { reference: Reference }> {
  const output = "built.arrow";
  const ran = await run(`build ${line} --output ${output}`);
  return { ...ran, reference: readReference(await readFile(join(directory, output)), output) };
}

const declared = "--rules rules.yaml --config driftd.yaml";

describe("driftd reference build --labels", () => {
  it("builds what the joined rows build, where nothing is known of time", async () => {
    const joined = await build("joined.jsonl --rules rules.yaml --truth fraud --model fraud --score p");
    const apart = await build(
      "scored.jsonl --labels timeless.jsonl --truth fraud --rules rules.yaml --model fraud --score p",
    );
    expect(apart.reference.outcome?.coverage).toBeCloseTo(0.9, 12);
    expect(apart.reference.outcome?.delay99).toBeNaN();
    expect(apart.reference.id).toBe(joined.reference.id);
    expect(apart.out).toContain("timeless.jsonl: the id is txn, the truth fraud\n");
    expect(apart.out).toContain("name it with --label-time");
  });

  it("builds what the joined rows build but for the delay, where all labels came in time", async () => {
    // The last labels are followed by one of nobody, so that every prediction is mature.
    const charged = await readFile(join(directory, "charged.jsonl"), "utf8");
    const late = { txn: "nobody", ts: START + ROWS * 120 + 48 * HOUR, fraud: true };
    await writeFile(join(directory, "whole.jsonl"), `${charged}${JSON.stringify(late)}\n`);
    const joined = await build(`joined.jsonl ${declared} --truth fraud`);
    const apart = await build(`scored.jsonl --labels whole.jsonl ${declared}`);
    const { outcome, id: _id, ...content } = apart.reference;
    const { outcome: joinedOutcome, id: _joinedId, ...joinedContent } = joined.reference;
    expect(content).toEqual(joinedContent);
    expect({ ...outcome, delay99: Number.NaN }).toEqual(joinedOutcome);
    expect(outcome?.delay99).toBe(23 * HOUR * 1000);
    expect(apart.out).toContain("whole.jsonl: the id is txn, the truth fraud, the time ts\n");
    expect(apart.out).toContain(
      "whole.jsonl: 90% of 3,000 predictions have a label; 99% of labels came within 23 h\n",
    );
    expect(apart.out).toContain("  1 label of unknown predictions left out\n");
  });

  it("does not let predictions whose labels may still come lower the coverage", async () => {
    const { reference, out } = await build(`scored.jsonl --labels charged.jsonl ${declared} --json`);
    const { labels, rows: counted } = JSON.parse(out);
    expect(counted).toBe(ROWS);
    expect(labels.immature).toBeGreaterThan(0);
    expect(labels.predictions).toBe(ROWS);
    expect(labels.matched).toBe(ROWS * 0.9);
    expect(labels.coverage).toBe(reference.outcome?.coverage);
    expect(reference.outcome?.coverage).toBeCloseTo(0.9, 3);
  });

  it("takes the truth from the labels alone, with duplicates and revisions as a stream would", async () => {
    const again = [
      { ...rows[5], p: 0.99 },
      { ...rows[5], p: 0.01 },
    ].map(({ fraud: _fraud, ...row }) => row);
    const plain = await readFile(join(directory, "scored.jsonl"), "utf8");
    await writeFile(join(directory, "again.jsonl"), plain + lines(again));
    const labels = await readFile(join(directory, "timeless.jsonl"), "utf8");
    const revised = { txn: "t0", fraud: !rows[0]?.fraud };
    await writeFile(
      join(directory, "revised.jsonl"),
      `${labels}${lines([revised, revised])}{torn\n{"txn":"t1"}\n`,
    );
    const { out } = await build(
      "again.jsonl --labels revised.jsonl --truth fraud --rules rules.yaml --model fraud --score p --json",
    );
    const built = JSON.parse(out);
    expect(built.rows).toBe(ROWS);
    expect(built.dropped).toEqual({ duplicate: 2 });
    expect(built.labels).toMatchObject({ repeated: 2, revised: 1, duplicate: 1, empty: 1, undecodable: 1 });
  });

  it("joins files of two formats, by the columns that it is told", async () => {
    const { out } = await build(
      "scored.jsonl --labels charged.csv --label-id order --label-time ts --truth fraud --id txn --score p --json",
    );
    expect(JSON.parse(out).labels).toMatchObject({
      matched: ROWS * 0.9,
      orphan: 0,
      delay99: 23 * HOUR * 1000,
    });
  });

  it("says where predictions are forgotten before their labels come", async () => {
    await writeFile(join(directory, "brief.yaml"), `${RULES}labels: { expireAfter: 6h }\n`);
    const { out } = await build(
      "scored.jsonl --labels charged.jsonl --rules brief.yaml --config driftd.yaml",
    );
    expect(out).toContain(
      "predictions are forgotten after 6 h: to wait for 99% of labels, make labels.expireAfter longer",
    );
    expect(out).toMatch(/ [\d,]+ labels left out, too late for the judgement of their cohort\n/);
  });

  it("leaves a truth beside the predictions out", async () => {
    await save("named.jsonl", [{ txn: "t1", p: 0.5, truth: 1 }]);
    const named = await build("named.jsonl --labels timeless.jsonl --truth fraud --score p");
    expect(named.out).toContain("  truth: left out (the file of labels says what is true)\n");
    expect(named.reference.columns.map(({ name }) => name)).toEqual(["prediction.score"]);
  });

  it("is shown with how many labels came, and how late", async () => {
    await build(`scored.jsonl --labels charged.jsonl ${declared}`);
    const text = await run("show built.arrow");
    expect(text.out).toContain("\nlabels of 90% of predictions, 99% of them within 23 h\n");
    const json = await run("show built.arrow --json");
    expect(JSON.parse(json.out).outcome).toMatchObject({ delay99: 23 * HOUR * 1000 });
    await build("scored.jsonl --labels timeless.jsonl --truth fraud --score p");
    const timeless = await run("show built.arrow");
    expect(timeless.out).toContain("\nlabels of 90% of predictions, how late they came is not known\n");
  });

  it.each([
    ["--labels nowhere.jsonl", "SOURCE_INVALID", "there is no such file"],
    ["--labels kafka:charged", "USAGE", "references are built from files"],
    [
      "--labels charged.jsonl",
      "USAGE",
      "it is not clear which column holds the truth. It has ts, txn, fraud. Name one with --truth.",
    ],
    [
      "--labels charged.jsonl --truth paid",
      "USAGE",
      "there is no column paid that could hold the truth. It has ts, txn, fraud. Name one with --truth.",
    ],
    ["--label-time ts", "USAGE", "--label-time is of a file of labels, and there is none"],
    ["--labels strange.jsonl --truth fraud", "SOURCE_INVALID", "no label met a prediction (1 of unknown"],
    ["--labels early.jsonl --truth fraud", "SOURCE_INVALID", "Take labels up to a later time"],
    ["--labels charged.jsonl --truth fraud", "SOURCE_INVALID", "no column was taken for a score"],
  ])("refuses %s", async (argv, code, message) => {
    await save("strange.jsonl", [{ txn: "x", fraud: true }]);
    await save("early.jsonl", [
      { txn: "t0", ts: START - 2 * HOUR, fraud: true },
      { txn: "t1", ts: START - HOUR, fraud: true },
    ]);
    const building = run(`build scored.jsonl --output refused.arrow ${argv}`);
    await expect(building).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
    await expect(readFile(join(directory, "refused.arrow"))).rejects.toMatchObject({ code: "ENOENT" });
  });

  it("asks for the id where predictions do not say which column it is", async () => {
    await save("nameless.jsonl", [{ p: 0.5, amount: 3 }]);
    const building = run(
      "build nameless.jsonl --output refused.arrow --score p --labels timeless.jsonl --truth fraud",
    );
    await expect(building).rejects.toMatchObject({ code: "USAGE", message: expect.stringContaining("--id") });
  });
});
