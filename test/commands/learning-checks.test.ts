import { describe, expect, test } from "vitest";
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
