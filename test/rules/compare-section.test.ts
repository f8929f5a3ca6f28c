import { expect, test } from "vitest";
import { formatFault } from "../../src/config/fault.ts";
import { readModel } from "../../src/rules/model-file.ts";
import { distinctRules } from "../../src/rules/compare-section.ts";
import { MEASURES } from "../../src/statistics/measures.ts";

function read(rule: string, references = "{ default: { file: m.arrow } }"): ReturnType<typeof readModel> {
  const text = `version: 1
model: m
segmentBy: [region]
references: ${references}
rules:
  - { alert: Canary, ${rule} }
`;
  return readModel({ text, file: "m.yaml", extended: new Map(), measures: MEASURES });
}

test("a comparison asks for columns, what is missing of them, and what scores mean, of one version and each segment", () => {
  const { model, faults } = read(
    "compare: { version: v8, against: v7 }, by: [region], for: 10m, action: rollback",
  );
  expect(faults).toEqual([]);
  const parts = (model?.rules ?? []).filter(({ alert }) => alert === "Canary");
  expect(parts.map(({ measure, columns, limit }) => [measure, columns, limit.value])).toEqual([
    ["psi", ["*"], 0.02],
    ["missing", ["*"], 0.01],
    ["calibration-gap", [], 0.02],
  ]);
  for (const part of parts) {
    expect(part).toMatchObject({
      by: ["version", "region"],
      against: { version: "v7" },
      compare: { version: "v8", isByDefault: true },
      for: part.measure === "calibration-gap" ? 0 : 600_000,
      action: "rollback",
    });
  }
  expect(distinctRules(model?.rules ?? []).map(({ alert }) => alert)).toEqual(["Canary", "Blind"]);
});

test("a comparison may ask for less, and about every version", () => {
  const { model } = read("compare: { against: v7, measures: [calibration-gap, psi] }");
  expect(model?.rules.slice(0, 2).map(({ measure, by, compare }) => [measure, by, compare])).toEqual([
    ["psi", ["version"], { isByDefault: false }],
    ["calibration-gap", ["version"], { isByDefault: false }],
  ]);
});

test("a comparison needs a reference, whose bins it counts on", () => {
  expect(read("compare: { version: v8, against: v7 }", "{}").faults.map(formatFault)).toEqual([
    'm.yaml:6:22  error  NO_JUDGEMENT  "compare": compares on the bins of a reference, and there is none; add references: { default: { file: ... } }',
  ]);
});
