import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { parse } from "yaml";
import { runCommand } from "../command-io.ts";
import { csvLines, jsonLines, loans, runInit, workplace, writeInto } from "./init-files.ts";

const ROWS = loans({ rows: 6_000, days: 20 });
const SCORED = jsonLines(ROWS.map(({ label: _label, ...row }) => row));
const TRUTH = csvLines(
  ROWS.map(({ application_id, ts, label }) => ({
    application_id,
    repaid: label,
    known_at: new Date(Date.parse(ts) + 86_400_000).toISOString(),
  })),
);

it("learns from labels that come in a file of their own", async () => {
  const directory = workplace();
  writeInto(directory, "scored.jsonl", SCORED);
  writeInto(directory, "repaid.csv", TRUTH);
  const words = ["scored.jsonl", "--labels", "repaid.csv", "--truth", "repaid", "--label-time", "known_at"];
  const { status, out, err } = await runInit(directory, ...words, "--model", "loans");
  expect({ status, err }).toEqual({ status: 0, err: "" });
  expect(out).toContain("100% of 6,000 predictions have a label; 99% of labels came within 24 h");
  expect(parse(readFileSync(join(directory, "driftd.yaml"), "utf8")).streams["loans-labels"]).toEqual({
    role: "labels",
    of: "loans",
    file: "repaid.csv",
    map: { id: "/application_id", time: "/known_at", truth: "/repaid" },
  });
  const rules = readFileSync(join(directory, "rules/loans.yaml"), "utf8");
  expect(rules).toContain("driftd reference build scored.jsonl --labels repaid.csv --rules");
  expect(rules).toContain("alert: Miscalibrated");
  const checked = await runCommand(["check"], { cwd: directory });
  expect(checked.out).not.toMatch(/ {2}error {2}/);
  expect(checked.out).toContain("Miscalibrated");
  expect(await runCommand(["test"], { cwd: directory })).toMatchObject({ status: 0 });
});

it("says what it needs to know of labels, and writes nothing", async () => {
  const directory = workplace();
  writeInto(directory, "scored.jsonl", SCORED);
  writeInto(directory, "idless.jsonl", jsonLines(ROWS.map(({ ts, score }) => ({ ts, score }))));
  writeInto(directory, "repaid.csv", TRUTH);
  const cases = [
    [["scored.jsonl", "--labels", "repaid.csv"], "Name one with --truth"],
    [["idless.jsonl", "--labels", "repaid.csv", "--truth", "repaid"], "Name it with --id COLUMN"],
    [["scored.jsonl", "--label-time", "known_at"], "--label-time is for a file of labels"],
  ] as const;
  for (const [words, said] of cases) {
    const { status, out, err } = await runInit(directory, ...words);
    expect({ words, status, out }).toEqual({ words, status: 2, out: "" });
    expect(err).toContain(said);
  }
});

it("asks whether a column of yes and no is what came true", async () => {
  const directory = workplace();
  const rows = ROWS.slice(0, 600).map(({ label, ...row }, at) => ({
    ...row,
    repaid: label,
    always: 1,
    new_customer: at % 3 === 0,
  }));
  writeInto(directory, "scored.jsonl", jsonLines(rows));
  writeInto(directory, "repaid.csv", TRUTH);
  const asked = await runInit(directory, "scored.jsonl");
  expect(asked.out.replaceAll("\n", " ")).toContain(
    "No column was taken for what came true. Where one of employed, repaid, new_customer is that, it is no input: run init again with --force and --truth COLUMN.",
  );
  const told = await runInit(directory, "scored.jsonl", "--force", "--truth", "repaid");
  expect(told.out).toContain("repaid: truth");
  expect(told.out).not.toContain("came true");
});
