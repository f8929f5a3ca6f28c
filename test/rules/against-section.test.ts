import { expect, test } from "vitest";
import { formatFault } from "../../src/config/fault.ts";
import { readModel } from "../../src/rules/model-file.ts";
import { MEASURES } from "../../src/statistics/measures.ts";

function read(rule: string): ReturnType<typeof readModel> {
  const text = `version: 1
model: m
segmentBy: [region]
references: { default: { file: m.arrow } }
rules:
  - { alert: Drift, ${rule} }
`;
  return readModel({ text, file: "m.yaml", extended: new Map(), measures: MEASURES });
}

test.each([
  ["measure: psi", undefined],
  ["measure: psi, against: reference", undefined],
  ["measure: psi, against: previous", "previous"],
  ["measure: missing, by: [version, region], against: { version: v7 }", { version: "v7" }],
])("%s", (rule, against) => {
  const { model, faults } = read(rule);
  expect(faults).toEqual([]);
  expect(model?.rules[0].against).toEqual(against);
});

test.each([
  [
    "measure: psi, against: previuos",
    'm.yaml:6:44  error  UNKNOWN_NAME  "previuos": is nothing to hold windows against; did you mean "previous"?',
  ],
  [
    "measure: psi, by: [region], against: { version: v7 }",
    'm.yaml:6:49  error  CONFLICT  "against": versions are told apart only where a rule judges them apart; write by: [version, region]',
  ],
  [
    "measure: psi, above: 0.2, against: previous",
    'm.yaml:6:47  error  CONFLICT  "against": other windows are asked by chance; write atLeast in place of above',
  ],
  [
    "measure: ece, above: 0.2, against: { version: v7 }",
    'm.yaml:6:47  error  CONFLICT  "against": ece is judged by cohort, which stands alone; remove against, or take a measure such as psi, missing or calibration-gap',
  ],
  [
    "measure: volume, against: previous",
    'm.yaml:6:38  error  CONFLICT  "against": volume is not compared between windows; remove against, or take a measure such as psi or missing',
  ],
  [
    "measure: psi, against: { versoin: v7 }",
    'm.yaml:6:46  error  UNKNOWN_KEY  "versoin": is not known here; did you mean "version"?',
  ],
])("%s is told", (rule, message) => {
  expect(read(rule).faults.map(formatFault)).toEqual([message]);
});
