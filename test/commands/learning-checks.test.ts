import { describe, expect, test } from "vitest";
import { writeReference } from "../../src/reference/reference-file.ts";
import { learnReference } from "../../src/rules/learnt-reference.ts";
import { readModel } from "../../src/rules/model-file.ts";
import { MEASURES } from "../../src/statistics/measures.ts";
import { createDraws } from "../e2e/events.ts";
import { runCommand } from "./command-io.ts";
import { checkProject, CONFIG } from "./check-project.ts";

const { write, run, path } = checkProject();

const RULES = `version: 1
model: m
references: { default: { learn: 7d } }
segmentBy: [region]
columns: { amount: { type: number }, region: { type: category }, prediction.score: { type: number } }
rules:
  - { alert: Drift, measure: psi, columns: [amount], for: 10m }
  - { alert: Broken, measure: invalid, by: [] }
  - { alert: Quiet, measure: volume }
`;

describe("check of a model that learns its reference", () => {
  test("says what judges meanwhile, and what waits", async () => {
    write("driftd.yaml", CONFIG);
    write("rules/m.yaml", RULES);
    expect(await run()).toEqual({
      exit: 0,
      lines: [
        "m learns its reference of the first 7d of its stream (event time), from a sample of 10,000 rows. Until then only Broken, Blind judge; Drift, Quiet wait for it. " +
          "Such a reference shows large changes only, and promises nothing: driftd reference build makes a better one.",
        "",
        "All is well: 1 model.",
      ],
    });
    const { lines } = await run({ json: true });
    expect(JSON.parse(lines.join("\n"))).toMatchObject({
      ok: true,
      learning: [
        { model: "m", span: 604_800_000, judging: ["Broken", "Blind"], waiting: ["Drift", "Quiet"] },
      ],
    });
  });

  test.each([
    [
      "1d",
      "holds 24 windows of 1h, and 30 are needed to know how they differ; write 30h or more, or take shorter windows",
    ],
    [
      "30d",
      "holds 720 windows of 1h, and a sample of 10,000 rows is enough for 200; write 200h or less, or take longer windows",
    ],
  ])("refuses a time that holds too few windows, or too many: %s", async (learn, message) => {
    write("driftd.yaml", CONFIG);
    write("rules/m.yaml", RULES.replace("7d", learn));
    const { exit, lines } = await run();
    expect(exit).toBe(78);
    expect(lines[0]).toBe(`rules/m.yaml:3:33  error  NO_JUDGEMENT  "${learn}": ${message}`);
  });

  test("refuses rules on columns that nobody declared, and on labels that no sample has", async () => {
    write("driftd.yaml", CONFIG);
    write(
      "rules/m.yaml",
      RULES.replace("[amount]", "[amuont]").concat("  - { alert: Gap, measure: calibration-gap }\n"),
    );
    const { lines } = await run();
    expect(lines.filter((line) => line.includes("  error  "))).toEqual([
      expect.stringMatching(
        /^rules\/m.yaml:7:45  error  UNKNOWN_COLUMN  "amuont": .*did you mean "amount"\?$/,
      ),
      expect.stringMatching(
        /^rules\/m.yaml:10:28  error  NO_JUDGEMENT  "calibration-gap": .* and what is learnt has none/,
      ),
    ]);
  });

  test("refuses events that come in halves", async () => {
    const halves = `streams:
  asked: { role: inputs, topic: asked }
  answered: { role: outputs, of: asked, topic: answered }
kafka: { brokers: [localhost:9092], group: g }
rules: [rules/**/*.yaml]
`;
    write("driftd.yaml", `version: 1\n${halves}`);
    write("rules/m.yaml", RULES);
    const { lines } = await run();
    expect(lines.filter((line) => line.includes("rules/m.yaml"))).toEqual([
      expect.stringMatching(/^rules\/m.yaml:3:26  error  CONFLICT  "learn": learns of whole events only/),
    ]);
  });
});

test("history is held against a reference that is there, and backtest says how to get one", async () => {
  write("driftd.yaml", CONFIG);
  write("rules/m.yaml", RULES);
  write("scored.jsonl", '{"model":"m","time":1700000000,"features":{"amount":1}}\n');
  const { status, err } = await runCommand([
    "backtest",
    path("scored.jsonl"),
    "--config",
    path("driftd.yaml"),
  ]);
  expect(status).toBe(78);
  expect(err).toContain("driftd reference export m --output FILE");
});

test("what was learnt is in git a reference of the stream's traffic, and check says how much it shows", async () => {
  const { model } = readModel({ text: RULES, file: "/m.yaml", extended: new Map(), measures: MEASURES });
  if (model === undefined) throw new Error("no model");
  const { normal, uniform } = createDraws(1);
  const begin = Date.UTC(2026, 0, 5);
  const hours = Array.from({ length: 168 }, (_, hour) => [begin + hour * 3_600_000, 1_000] as const);
  const rows = Array.from({ length: 10_000 }, (_, i) => ({
    rank: i.toString(16).padStart(16, "0"),
    time: begin + Math.floor(i * 60_480),
    cells: [normal(), "eu", uniform()],
  }));
  const reference = learnReference(model, { arrived: hours, level: 4, rows }, { keyId: "k" });
  expect(reference).toMatchObject({ rows: 10_000, learnt: { rows: 168_000 } });
  // Of all rows, not of the sample.
  expect(reference.segments[0].hourOfDay).toEqual(new Float64Array(24).fill(1_000));
  expect(reference.segments[1].hourOfDay).toEqual(new Float64Array(24).fill(Number.NaN));
  write("driftd.yaml", CONFIG);
  write("reference/m.arrow", writeReference(reference));
  write("rules/m.yaml", RULES.replace("{ learn: 7d }", "{ file: ../reference/m.arrow }"));
  const { exit, lines } = await run();
  expect(exit).toBe(0);
  // Larger changes only than one that was built of all rows would show, and not none at all.
  expect(lines.join("\n")).toMatch(/^ {2}Drift +1 provisional .* 0\.[6-9]\d* sd +never$/m);
  expect(lines.join("\n")).not.toContain("can never fire");
});
