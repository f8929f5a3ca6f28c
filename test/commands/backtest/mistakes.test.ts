import { beforeAll, describe, expect, it } from "vitest";
import { BEGIN, openProject, twelveHours, type Project } from "./history.ts";

let project: Project;

beforeAll(async () => {
  project = await openProject();
  project.lines("scored.jsonl", twelveHours());
});

describe("driftd backtest, where it cannot", () => {
  const mistakes: readonly (readonly [
    what: string,
    argv: readonly string[],
    status: number,
    said: string,
  ])[] = [
    [
      "a stream that is not there",
      ["scord=scored.jsonl"],
      2,
      'scord=scored.jsonl: "scord" is no stream of the configuration; did you mean "scored"?',
    ],
    [
      "labels alone",
      ["charged=charged.jsonl"],
      2,
      "charged belongs to scored, which has no source. Add scored=PATH or scored=kafka:TOPIC.",
    ],
    ["a file that is not there", ["none.jsonl"], 78, "there is no such file"],
    ["an empty file", ["empty.jsonl"], 78, "it has no rows."],
    [
      "a span behind the end",
      ["scored.jsonl", "--since", "2027-01-01"],
      78,
      "no row (of 18,000) is of 2027-01-01 00:00 UTC or later. Check --since.",
    ],
    [
      "a span before the beginning",
      ["scored.jsonl", "--until", "2025-01-01"],
      78,
      "There is no event between --since and --until: the first is of 2026-03-01 00:00 UTC.",
    ],
    [
      "a time that is none",
      ["scored.jsonl", "--since", "monday"],
      2,
      "--since monday is no time. Write 2026-03-01",
    ],
    [
      "a span that ends before it begins",
      ["scored.jsonl", "--since", "2026-03-02", "--until", "2026-03-01"],
      2,
      "--until 2026-03-01 is not after --since 2026-03-02.",
    ],
    [
      "rows without a time",
      ["timeless.jsonl"],
      78,
      "no row (of 2) has an id, a model and an event time that can be used",
    ],
    [
      "rows of another kind",
      ["text.jsonl"],
      78,
      "no record (of 1) can be read as native. Say under streams.scored in driftd.yaml what they are: format and map.",
    ],
    [
      "rows of a time that is still to come",
      ["early.jsonl"],
      78,
      "no row (of 2) has an id, a model and an event time that can be used. The time is looked for where its format has it, and must be neither before 2000 nor ahead of this machine's clock;",
    ],
    [
      "no configuration",
      ["scored.jsonl", "--config", "none.yaml", "--rules", "rules"],
      78,
      "none.yaml: there is no such file, and it must say how the streams are read.",
    ],
    [
      "files and a topic together",
      ["scored.jsonl", "charged=kafka:fraud.charged"],
      2,
      "charged and scored belong together: read both from files, or both from topics.",
    ],
    [
      "files of two formats",
      ["scored.jsonl", "scored.csv"],
      2,
      "are of two formats. Name files of one format.",
    ],
  ];

  it.each(mistakes)("says what to do: %s", async (_, argv, status, said) => {
    project.write("empty.jsonl", "");
    project.write("text.jsonl", "hello\n");
    project.lines("timeless.jsonl", [{ id: "a", features: { amount: 1 } }, { id: "b" }]);
    const early = ["c", "d"].map((id) => ({
      id,
      time: "2970-01-01T00:00:00Z",
      model: "scoring",
      features: {},
    }));
    project.lines("early.jsonl", early);
    const ended = await project.backtest(...argv);
    expect(ended.err).toContain(said);
    expect(ended.status).toBe(status);
    expect(ended.out).toBe("");
  });

  it("asks which stream it is where there are several", async () => {
    const streams = { a: { role: "inference", topic: "a" }, b: { role: "inference", topic: "b" } };
    project.write("several.yaml", {
      version: 1,
      kafka: { brokers: ["127.0.0.1:9"], group: "driftd" },
      streams,
      rules: ["rules/*.yaml"],
    });
    const { status, err } = await project.backtest(
      "scored.jsonl",
      "--config",
      "several.yaml",
      "--rules",
      "rules/scoring.yaml",
    );
    expect(err).toContain(
      "scored.jsonl: of which stream is it? Write STREAM=scored.jsonl; the streams are a, b.",
    );
    expect(status).toBe(2);
  });

  it("names a model that no rule file describes", async () => {
    project.write("foreign.yaml", {
      version: 1,
      streams: { a: { role: "inference", topic: "a" } },
      kafka: { brokers: ["127.0.0.1:9"], group: "driftd" },
      rules: ["rules/*.yaml"],
    });
    project.lines("foreign.jsonl", [{ id: "a", time: BEGIN, model: "other", features: {} }]);
    const { status, err } = await project.backtest("foreign.jsonl", "--config", "foreign.yaml");
    expect(err).toContain("no row (of 1) is of a model that a rule file describes.");
    expect(status).toBe(78);

    project.lines("lost.jsonl", [
      { id: "a", time: BEGIN, model: "other", features: {} },
      { id: "b", model: "scoring", features: {} },
    ]);
    const lost = await project.backtest("lost.jsonl", "--config", "foreign.yaml");
    expect(lost.err).toContain(
      "no row (of 2) could be counted: 1 invalid, 1 unknown-model. Check streams.a in driftd.yaml.",
    );
    expect(lost.status).toBe(78);
  });
});
