import { rm } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { driftd, NAMED, writeScoreFiles } from "./score-files.ts";

let directory = "";

beforeAll(async () => {
  directory = await writeScoreFiles();
});

afterAll(async () => {
  await rm(directory, { recursive: true });
});

describe("driftd score", () => {
  it("shows the worst first, with bars on a terminal only", async () => {
    const plain = await driftd(directory, ["score", "usual.jsonl", "moved.jsonl", ...NAMED]);
    const names = plain.out
      .split("\n")
      .flatMap((line) => /^(\S+) +(?:number|category|boolean) /.exec(line)?.[1] ?? []);
    expect(names.slice(0, 3).toSorted()).toEqual(["amount", "holes", "region"]);
    expect(plain.out).toContain("Rows are taken as independent of each other.");
    expect(plain.out).toContain("region changed: us rose from ");
    expect(plain.out).toContain("3 columns drifted. Of 6 columns held against chance, chance alone ");
    expect(plain.out).toContain("p of any: how likely chance does as much in any of the columns (Holm).");
    expect(plain.out).toMatch(
      /Share of right decisions +0\.\d+ +0\.\d+ +5,000 +95% interval 0\.\d+ to 0\.\d+/,
    );
    expect(plain.out).not.toContain("█");
    expect(plain.out).not.toContain("\u001B");
    expect(plain.err).toBe("");
    const terminal = await driftd(directory, ["score", "usual.jsonl", "moved.jsonl", ...NAMED], true);
    expect(terminal.out).toMatch(/region +category +0\.\d+ +█+/);
    expect(terminal.err).toContain("reading 13000 rows of the reference");
  });

  it("says where chance comes from", async () => {
    const { out } = await driftd(directory, ["score", "usual.jsonl", "calm.jsonl", "--time", "ts", ...NAMED]);
    expect(out).toContain("Chance is what the reference's own windows of 1h, 6h, 1d or 7d show.");
    expect(out).toContain("No column drifted. Of ");
  });

  it.each([
    [["moved.jsonl"], 0],
    [["moved.jsonl", "--fail-on-drift"], 1],
    [["strange.jsonl", "--fail-on-drift"], 1],
    [["calm.jsonl", "--fail-on-drift"], 0],
  ])("exits as asked: %s", async (argv, status) => {
    expect((await driftd(directory, ["score", "usual.jsonl", ...argv, ...NAMED])).status).toBe(status);
  });

  it.each([
    [["nowhere.csv", "calm.jsonl"], "SOURCE_INVALID", "there is no such file"],
    [["usual.jsonl", "calm.jsonl", "--score", "q"], "USAGE", "--score q: "],
    [["usual.jsonl", "broken.jsonl"], "SOURCE_INVALID", "has no row that could be counted (2 undecodable)"],
  ])("refuses %s", async (argv, code, message) => {
    await expect(driftd(directory, ["score", ...argv])).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message),
    });
  });
});
