import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { readReference } from "../../../src/reference/reference-file.ts";
import { runCommand } from "../command-io.ts";
import { jsonLines, loans, runInit, workplace, writeInto } from "./init-files.ts";

const LOANS = jsonLines(loans({ rows: 3_000, days: 10 }));

function read(directory: string, name: string): string {
  return readFileSync(join(directory, name), "utf8");
}

describe("driftd init", () => {
  it("writes a whole project that check finds sound, and says what it guessed", async () => {
    const directory = workplace();
    writeInto(directory, "loans.jsonl", LOANS);
    const { status, out, err } = await runInit(directory, "loans.jsonl");
    expect({ status, err }).toEqual({ status: 0, err: "" });
    expect(out).toContain("ts: time (its name and its values)");
    expect(out).toContain("score: score (its name and its values)");
    expect(out).toContain("label: truth (its name and its values)");
    expect(out).toContain(
      "email: category, hashed (it looks personal: 100% of its values look like e-mail addresses)",
    );
    expect(out).toContain("Model loans (the name of the source; --model gives another): 3,000 rows");
    expect(out).toContain(
      "Written:\n  driftd.yaml\n  schemas/loans.json\n  reference/loans.arrow\n  rules/loans.yaml\n",
    );
    expect(out).toContain("driftd check");
    expect(out).not.toContain("cd ");

    const checked = await runCommand(["check"], { cwd: directory });
    expect(checked.status).toBe(0);
    expect(checked.out).toContain("1 model without error.");
    expect(parse(read(directory, "driftd.yaml")).streams.loans.map).toEqual({
      id: "/application_id",
      time: "/ts",
      score: "/score",
      truth: "/label",
      model: { value: "loans" },
    });
    const rules = parse(read(directory, "rules/loans.yaml"));
    expect(rules).toMatchObject({
      model: "loans",
      segmentBy: ["region"],
      columns: { email: { type: "category", pii: true } },
      // 12 rows an hour: an hour, or six, would be too few to judge.
      window: { size: "1d", pane: "15m", lateness: "15m" },
    });
  });

  it("keeps what looks personal out of all that it writes, and the key to its owner", async () => {
    const directory = workplace();
    writeInto(directory, "loans.jsonl", LOANS);
    const { out } = await runInit(directory, "loans.jsonl", "--output", "project");
    const project = join(directory, "project");
    expect(out).toContain("driftd.key is the key of hashed columns");
    expect(statSync(join(project, "driftd.key")).mode & 0o777).toBe(0o600);
    expect(statSync(join(project, "driftd.key")).size).toBe(32);
    for (const name of ["driftd.yaml", "schemas/loans.json", "reference/loans.arrow", "rules/loans.yaml"]) {
      expect(read(project, name)).not.toContain("@example.com");
    }
    const { columns } = readReference(readFileSync(join(project, "reference/loans.arrow")), "loans.arrow");
    expect(columns.find(({ name }) => name === "email")).toMatchObject({ type: "category", pii: true });
  });

  it("overwrites nothing but with --force, and never a key", async () => {
    const directory = workplace();
    writeInto(directory, "loans.jsonl", LOANS);
    await runInit(directory, "loans.jsonl");
    const before = read(directory, "rules/loans.yaml");
    const key = readFileSync(join(directory, "driftd.key"));
    writeInto(directory, "rules/loans.yaml", "# mine\n");
    const refused = await runInit(directory, "loans.jsonl");
    expect(refused.status).toBe(2);
    expect(refused.err).toBe(
      "driftd: USAGE: rules/loans.yaml, rules/loans.test.yaml, reference/loans.arrow, schemas/loans.json are there already, and nothing was written. Name another directory with --output, or overwrite with --force.\n",
    );
    expect(read(directory, "rules/loans.yaml")).toBe("# mine\n");
    const forced = await runInit(directory, "loans.jsonl", "--force");
    expect(forced.status).toBe(0);
    expect(forced.out).toContain("Left as they are:\n  driftd.yaml\n");
    expect(read(directory, "rules/loans.yaml")).toBe(before);
    expect(readFileSync(join(directory, "driftd.key"))).toEqual(key);
  });

  it("writes what reference build builds again to the bit, by the line that the rule file gives", async () => {
    const directory = workplace();
    writeInto(directory, "loans.jsonl", LOANS);
    await runInit(directory, "loans.jsonl");
    const [line] = read(directory, "rules/loans.yaml").match(/(?<=^# {3}driftd ).*$/m) ?? [];
    const before = readFileSync(join(directory, "reference/loans.arrow"));
    const built = await runCommand((line ?? "").split(" "), { cwd: directory });
    expect(built.status).toBe(0);
    expect(readFileSync(join(directory, "reference/loans.arrow"))).toEqual(before);
    expect((await runCommand(["check"], { cwd: directory })).out).toContain("1 model without error.");
  });

  it("adds a second model to a project whose stream carries it", async () => {
    const directory = workplace();
    const models = ["loans", "cards"].map((model, seed) =>
      loans({ rows: 2_000, days: 10, seed }).map((row) =>
        model === "loans" ? { ...row, model } : { ...row, model, income: undefined },
      ),
    );
    writeInto(directory, "scored.jsonl", jsonLines(models.flat()));
    const asked = await runInit(directory, "scored.jsonl");
    expect(asked.status).toBe(2);
    expect(asked.err).toBe(
      "driftd: USAGE: The source is of several models, by model: loans (2,000 rows), cards (2,000 rows). Name one with --model, and run init once for each. Where model is a column like any other, give the model another name.\n",
    );
    const first = await runInit(directory, "scored.jsonl", "--model", "loans");
    expect(first.out).toContain("Model loans (by model): 2,000 rows");
    expect(parse(read(directory, "driftd.yaml")).streams.loans.map.model).toBe("/model");
    const config = read(directory, "driftd.yaml");
    const second = await runInit(directory, "scored.jsonl", "--model", "cards");
    expect(second).toMatchObject({ status: 0, err: "" });
    expect(second.out).not.toContain("income");
    expect(read(directory, "driftd.yaml")).toBe(config);
    expect(readdirSync(join(directory, "rules")).toSorted()).toEqual([
      "cards.test.yaml",
      "cards.yaml",
      "loans.test.yaml",
      "loans.yaml",
    ]);
    expect((await runCommand(["check"], { cwd: directory })).out).toContain("2 models without error.");
    const wrong = await runInit(directory, "scored.jsonl", "--model", "laons", "--output", "other");
    expect(wrong.err).toContain(
      "--model laons: model of the first 4,000 rows names loans (2,000 rows), cards (2,000 rows). Did you mean loans?",
    );
  });

  it("takes the fields that it is told, and writes again what it began without them", async () => {
    const directory = workplace();
    const rows = loans({ rows: 600, days: 5 }).map(({ ts, score, income }) => ({
      noted: ts,
      p1: score,
      income,
    }));
    writeInto(directory, "rows.jsonl", jsonLines(rows));
    const first = await runInit(directory, "rows.jsonl");
    expect(first.out).toContain("EDIT: no column was taken for the event time");
    const wrong = await runInit(directory, "rows.jsonl", "--force", "--time", "note");
    expect(wrong.err).toContain("--time note: the source has no such column. It has noted, p1, income.");
    const asked = await runInit(directory, "rows.jsonl", "--time", "noted");
    expect(asked.err).toContain(
      "Add this to it and run init again, or overwrite it with --force:\nin the map of rows:\n  time: /noted",
    );
    const told = await runInit(directory, "rows.jsonl", "--force", "--time", "noted", "--score", "p1");
    expect(told).toMatchObject({ status: 0, err: "" });
    expect(told.out).toContain("Written:\n  driftd.yaml\n");
    const { map } = parse(read(directory, "driftd.yaml")).streams.rows;
    expect(map).toMatchObject({ time: "/noted", score: "/p1" });
    expect((await runCommand(["check"], { cwd: directory })).out).toContain("1 model without error.");
  });

  it("writes scenarios that hold at any hour of a source whose nights are quiet", async () => {
    const directory = workplace();
    const isDay = ({ ts }: { ts: string }): boolean => Number(ts.slice(11, 13)) >= 8;
    writeInto(directory, "loans.jsonl", jsonLines(loans({ rows: 12_000, days: 20 }).filter(isDay)));
    await runInit(directory, "loans.jsonl");
    const tested = await runCommand(["test"], { cwd: directory });
    expect(tested).toMatchObject({ status: 0, out: expect.stringContaining("All is well: 4 scenarios.") });
  });

  it("gives the lines to add to a driftd.yaml that does not carry the source", async () => {
    const directory = workplace();
    writeInto(directory, "loans.jsonl", LOANS);
    await runInit(directory, "loans.jsonl");
    writeInto(directory, "cards.jsonl", jsonLines(loans({ rows: 500, days: 2, seed: 3 })));
    const { status, err } = await runInit(directory, "cards.jsonl");
    expect(status).toBe(2);
    expect(err).toContain("driftd.yaml is there already, and nothing was written. Add this to it");
    expect(err).toContain("under streams:\n  cards:\n    role: inference\n");
    const lines = err.slice(err.indexOf("  cards:"));
    writeInto(
      directory,
      "driftd.yaml",
      read(directory, "driftd.yaml").replace("streams:\n", `streams:\n${lines}`),
    );
    expect((await runInit(directory, "cards.jsonl")).status).toBe(0);
    expect((await runCommand(["check"], { cwd: directory })).out).toContain("2 models without error.");
  });

  it("says the same in JSON", async () => {
    const directory = workplace();
    writeInto(directory, "loans.jsonl", LOANS);
    const { out } = await runInit(directory, "loans.jsonl", "--json");
    expect(JSON.parse(out)).toMatchObject({
      model: "loans",
      rows: 3_000,
      personal: { email: "100% of its values look like e-mail addresses" },
      personalIds: false,
      segmentBy: ["region"],
      window: "1d",
      windows: 10,
      kept: [],
      next: [expect.stringContaining("driftd check"), expect.any(String), expect.any(String)],
    });
  });

  it("writes nothing where it is told to stop", async () => {
    const directory = workplace();
    writeInto(directory, "loans.jsonl", LOANS);
    const signal = AbortSignal.abort();
    const { status, err } = await runCommand(["init", "loans.jsonl"], { cwd: directory, signal });
    expect({ status, err }).toMatchObject({
      status: 130,
      err: expect.stringContaining("nothing was written"),
    });
    expect(existsSync(join(directory, "driftd.yaml"))).toBe(false);
  });

  it.each([
    [["loans.jsonl", "--kafka", "localhost:9092"], "--kafka is for topics, and loans.jsonl is a file"],
    [["nowhere.jsonl"], "there is no such file; check the path"],
  ])("refuses %j", async (words, message) => {
    const directory = workplace();
    writeInto(directory, "loans.jsonl", LOANS);
    const { status, err } = await runInit(directory, ...words);
    expect(status).not.toBe(0);
    expect(err).toContain(message);
  });
});
