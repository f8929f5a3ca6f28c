import { describe, expect, it } from "vitest";
import { checkSeasons } from "../../src/commands/season-check.ts";
import { readModel } from "../../src/rules/model-file.ts";
import { MEASURES } from "../../src/statistics/measures.ts";
import type { Signal } from "../../src/statistics/calibration.ts";
import { build, plan } from "../reference/plain-rows.ts";

const HOUR = 3_600_000;
const PLAN = plan({ name: "amount", type: "number" }, { name: "score", type: "number" });
const TEXT = `version: 1
model: m
references: { default: { file: m.arrow } }
rules:
  - { alert: Plain, measure: psi }
  - { alert: Hourly, measure: psi, against: season, columns: [amount, score], window: { every: 1h } }
  - { alert: Nulls, measure: missing, against: season, columns: [amount], window: { every: 1h } }
`;
const { model, document } = readModel({
  text: TEXT,
  file: "m.yaml",
  extended: new Map(),
  measures: MEASURES,
});

const rows = Array.from({ length: 200 }, (_, i) => ({
  time: Date.UTC(2024, 0, 1) + i * 60_000,
  amount: i % 10,
  score: i % 7,
}));
const seasonOf = (column: string, signal: Signal = "distribution") => ({
  column,
  signal,
  windowSize: HOUR,
  bySegment: false,
});

const DISTRIBUTIONS = [seasonOf("amount"), seasonOf("score")];

function faultsOf(...[events, options]: [typeof rows, Parameters<typeof build>[2]]) {
  if (model === undefined) throw new Error("no model");
  return checkSeasons({ model, document }, build(PLAN, events, options));
}

describe("a rule against the season", () => {
  it("is content with a reference that knows it", () => {
    expect(faultsOf(rows, { seasons: [...DISTRIBUTIONS, seasonOf("amount", "missing")] })).toEqual([]);
  });

  it("names the columns of which the reference knows none", () => {
    expect(faultsOf(rows, { seasons: [seasonOf("score"), seasonOf("amount", "missing")] })).toEqual([
      {
        path: ["rules", 1, "against"],
        code: "NO_JUDGEMENT",
        message:
          "the reference knows no season of amount in windows of 1h; build it again with this rule file",
      },
    ]);
  });

  it("tells the missing share from the distribution", () => {
    const [fault, ...others] = faultsOf(rows, { seasons: DISTRIBUTIONS });
    expect(others).toEqual([]);
    expect(fault?.message).toBe(
      "the reference knows no season of the missing share of amount in windows of 1h; build it again with this rule file",
    );
  });

  it("asks for time where the reference has none", () => {
    const timeless = rows.map((row) => ({ ...row, time: Number.NaN }));
    const [fault] = faultsOf(timeless, { seasons: [seasonOf("amount")] });
    expect(fault?.message).toBe(
      "the reference has no event time, and so no season; build it again from rows with their time",
    );
  });
});
