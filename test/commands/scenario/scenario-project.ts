import { declareReference } from "../../../src/commands/scenario/declared-reference.ts";
import type { TestReferenceSection } from "../../../src/config/generated/rule-test.ts";
import { fitModel, type FittedModel } from "../../../src/rules/fitted-model.ts";
import { readModel } from "../../../src/rules/model-file.ts";
import { MEASURES } from "../../../src/statistics/measures.ts";
import { runCommand, type Ended } from "../command-io.ts";
import { projectDirectory } from "../project-directory.ts";

/** A score between 0 and 1, an amount, and two regions of different size. */
const REFERENCE: TestReferenceSection = {
  rows: 40_000,
  columns: {
    amount: { normal: [100, 20] },
    region: { categories: { eu: 0.6, us: 0.4 } },
    "prediction.score": { beta: [2, 8] },
  },
  labels: { delay: "12h" },
};

export const RULES = `version: 1
model: m
references: { default: { file: m.arrow } }
segmentBy: [region]
labels: { cohort: 6h, matureAfter: 3h }
rules:
  - { alert: Drift, measure: psi, columns: ["*"], for: 10m, keepFiringFor: 30m }
  - { alert: DriftByRegion, measure: psi, columns: [amount], by: [region], for: 10m, keepFiringFor: 30m }
  - { alert: Nulls, measure: missing, columns: ["*"], keepFiringFor: 30m }
  - { alert: Broken, measure: invalid, above: 0.01, keepFiringFor: 30m }
  - { alert: Silent, measure: freshness, above: 5m, keepFiringFor: 10m }
  - { alert: Miscalibrated, measure: calibration-gap }
`;

/** The rules, fitted to a reference that is declared. */
export function fitted(options: { rules?: string; reference?: TestReferenceSection } = {}): FittedModel {
  const { rules: text = RULES, reference = REFERENCE } = options;
  const read = readModel({ text, file: "/rules/m.yaml", extended: new Map(), measures: MEASURES });
  if (read.model === undefined) throw new Error(JSON.stringify(read.faults));
  const { model } = read;
  const hasLabels = reference.labels !== undefined;
  return fitModel({ model, reference: declareReference(reference, model), hasLabels });
}

interface ScenarioProject {
  /** Where the project of this test stands. */
  path(file: string): string;
  write(file: string, content: string): void;
  /** Runs `driftd test` there. */
  test(...argv: string[]): Promise<Ended>;
}

/** A directory for each test of the file, removed after the last. */
export function scenarioProject(): ScenarioProject {
  const { path, write } = projectDirectory();
  return { path, write, test: (...argv) => runCommand(["test", ...argv], { cwd: path("") }) };
}
