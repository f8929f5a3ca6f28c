import { expect, test } from "vitest";
import { askedSeasons } from "../../src/rules/asked-seasons.ts";
import { readModel } from "../../src/rules/model-file.ts";
import { MEASURES } from "../../src/statistics/measures.ts";

const COLUMNS = [
  { name: "amount", type: "number", role: "feature", pii: false },
  { name: "card", type: "category", role: "feature", pii: false },
  { name: "region", type: "category", role: "segment", pii: false },
] as const;

function asked(rules: string) {
  const text = `version: 1
model: m
references: { default: { file: m.arrow } }
window: { size: 1h, pane: 5m }
segmentBy: [region]
rules:
${rules}`;
  const { model, faults } = readModel({ text, file: "m.yaml", extended: new Map(), measures: MEASURES });
  expect(faults).toEqual([]);
  return model && askedSeasons({ model, columns: COLUMNS, measures: MEASURES });
}

test("seasons are asked for by the rules against them, of the columns that these judge", () => {
  const found = asked(`  - { alert: Plain, measure: psi }
  - { alert: Hourly, measure: psi, against: season, columns: ["*", "!card"], window: { every: 1h } }
  - { alert: Regional, measure: psi, by: [region], against: season, window: { size: 15m, every: 15m } }
  - { alert: Nulls, measure: missing, columns: [card], against: season, window: { every: 1h } }
`);
  expect(found).toEqual([
    { column: "amount", signal: "distribution", windowSize: 3_600_000, bySegment: false },
    { column: "amount", signal: "distribution", windowSize: 900_000, bySegment: true },
    { column: "card", signal: "distribution", windowSize: 900_000, bySegment: true },
    { column: "card", signal: "missing", windowSize: 3_600_000, bySegment: false },
  ]);
});

test("a rule against the reference is a rule without more words", () => {
  expect(asked("  - { alert: Plain, measure: psi, against: reference }\n")).toEqual([]);
});
