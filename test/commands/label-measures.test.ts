import { describe, expect, it } from "vitest";
import { checkLabelMeasures } from "../../src/commands/reference-checks.ts";
import { readReference, writeReference } from "../../src/reference/reference-file.ts";
import type { Reference } from "../../src/reference/reference.ts";
import { readModel } from "../../src/rules/model-file.ts";
import { MEASURES } from "../../src/statistics/measures.ts";
import { build, plan, random } from "../reference/plain-rows.ts";

const START = Date.UTC(2026, 0, 5);

/** A reference of a model that answers in this column; without a truth where `hasTruth` is not said. */
function referenceOf(output: "prediction.score" | "prediction.value", hasTruth = true): Reference {
  const truth = { name: "truth", type: "number", role: "truth" } as const;
  const columns = plan({ name: output, type: "number", role: "output" }, ...(hasTruth ? [truth] : []));
  const next = random(7);
  const rows = Array.from({ length: 600 }, (_, i) => ({
    time: START + i * 60_000,
    [output]: next(),
    truth: Number(next() < 0.5),
  }));
  return build(columns, rows);
}

function faultsOf(measures: readonly string[], reference: Reference): string[] {
  const rules = measures.map((name, i) => `  - { alert: A${i}, measure: ${name}, above: 0.5 }`);
  const text = ["version: 1", "model: m", "references: { default: { file: m.arrow } }", "rules:", ...rules];
  const { model, document, faults } = readModel({
    text: text.join("\n"),
    file: "/m.yaml",
    extended: new Map(),
    measures: MEASURES,
  });
  expect(faults).toEqual([]);
  return model === undefined
    ? []
    : checkLabelMeasures({ model, document }, reference).map(({ message }) => message);
}

describe("a measure of labels", () => {
  it("must be of what the model answers with, or another one is named", () => {
    const numbers = referenceOf("prediction.value");
    expect(faultsOf(["rmse", "bias", "residual-psi", "label-coverage"], numbers)).toEqual([]);
    expect(faultsOf(["ece"], numbers)).toEqual([
      "ece is not of models that answer with a number; use bias, mae, rmse, rmse-ratio, residual-psi, residual-ks",
    ]);
    const scores = referenceOf("prediction.score");
    expect(faultsOf(["ece", "accuracy", "auc", "label-coverage"], scores)).toEqual([]);
    expect(faultsOf(["rmse"], scores)[0]).toMatch(
      /^rmse is not of models that answer with a score or a decision of two; use calibration-gap, ece, /,
    );
  });

  it("that estimates without labels needs those of the reference", () => {
    expect(faultsOf(["estimated-auc", "accuracy"], referenceOf("prediction.score", false))).toEqual([
      expect.stringMatching(
        /^estimated-auc rests on the reference's labels, and it has none; .* --labels LABELS$/,
      ),
    ]);
    expect(faultsOf(["estimated-auc"], referenceOf("prediction.score"))).toEqual([]);
  });

  it("that only compares needs a reference with labels", () => {
    expect(faultsOf(["rmse-ratio", "rmse"], referenceOf("prediction.value", false))).toEqual([
      "rmse-ratio rests on the reference's labels, and it has none; build it again from rows that hold the truth beside the prediction, or with driftd reference build PREDICTIONS --labels LABELS",
    ]);
  });
});

it("the errors of a reference are read as they were written", () => {
  const written = referenceOf("prediction.value");
  const read = readReference(writeReference(written), "m.arrow");
  expect(read).toEqual(written);
  expect(read.outcome?.residuals?.edges.length).toBeGreaterThan(50);
  expect(read.outcome?.coverage).toBe(1);
});
