import { expect, test } from "vitest";
import { scenarioProject } from "./scenario-project.ts";

const { write, test: runTests } = scenarioProject();

const RULES = `version: 1
model: m
references: { default: { file: m.arrow } }
segmentBy: [region]
rules:
  - { alert: CanaryWorse, compare: { version: v8, against: v7 }, by: [region], for: 10m, action: rollback }
`;

const SCENARIOS = `reference:
  rows: 40000
  columns:
    amount: { normal: [100, 20] }
    region: { categories: { eu: 0.6, us: 0.4 } }
    prediction.score: { beta: [2, 8] }
scenarios:
  - name: a version that sees other data in one region is one alert
    synthetic:
      rate: 12000/1h
      lasts: 4h
      version: v7
      changes:
        - { at: 0h, rollout: { version: v8, share: 0.5 } }
        - { at: 2h, column: amount, version: v8, segment: { region: eu }, shift: 2sd }
    expect:
      - { alert: CanaryWorse, version: v8, segment: { region: eu }, after: 2h, firing: { within: 40m } }
      - { alert: "*", except: [{ alert: CanaryWorse, segment: { region: eu } }], never: true }
  - name: what happens to both is no news
    synthetic:
      rate: 12000/1h
      lasts: 4h
      version: v7
      changes:
        - { at: 0h, rollout: { version: v8, share: 0.5 } }
        - { at: 2h, column: amount, shift: 2sd }
    expect: [{ alert: CanaryWorse, never: true }]
`;

test("scenarios tell what a comparison of versions finds", async () => {
  write("m.yaml", RULES);
  write("m.test.yaml", SCENARIOS);
  const { status, out, err } = await runTests("m.yaml");
  expect({ err, out, status }).toMatchObject({ err: "", status: 0 });
  expect(out).toContain("All is well: 2 scenarios.");
});
