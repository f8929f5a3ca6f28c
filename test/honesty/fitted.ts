import type { Reference, ReferenceColumn } from "../../src/reference/reference.ts";
import { fitModel, type FittedModel } from "../../src/rules/fitted-model.ts";
import type { Model } from "../../src/rules/model.ts";
import type { Section } from "../../src/counts/layout.ts";
import type { Calibration } from "../../src/statistics/calibration.ts";

/** A column of a reference that was learnt from windows of counts. */
export interface LearntColumn {
  readonly described: ReferenceColumn;
  readonly counts: Float64Array;
  readonly calibration: Calibration;
}

/** One rule that asks every column whether it drifted; times in ms. */
export interface OneRule {
  readonly pane: number;
  readonly window: number;
  readonly for: number;
  readonly keepFiringFor: number;
  readonly falseAlarms: number;
  readonly per: number;
  /** What the effect must reach: 0 leaves everything to chance. */
  readonly atLeast: number;
  readonly by?: readonly string[];
  /** Versions that are judged one by one; 4 by default. */
  readonly keep?: number;
}

/** The engine's model of a reference that never was a file. */
export function fitColumns(columns: readonly LearntColumn[], rule: OneRule): FittedModel {
  return fitModel({ model: modelOf(rule), reference: referenceOf(columns, rule), hasLabels: false });
}

/** Where a column's counts stand in a pane's vector. */
export function sectionOf({ counting }: FittedModel, column: string): Section {
  const found = counting.layout.sections.find(
    (section) => section.column === column && (section.kind === "bins" || section.kind === "categories"),
  );
  if (found === undefined) throw new Error(`no section of ${column}`);
  return found;
}

function modelOf(rule: OneRule): Model {
  return {
    name: "m",
    file: "m.yaml",
    references: { default: { file: "m.arrow" } },
    window: { size: rule.window, pane: rule.pane, lateness: 0 },
    segmentBy: [],
    segments: { top: 20 },
    versions: { keep: rule.keep ?? 4, forgetAfter: 7 * 86_400_000 },
    labels: { expireAfter: 86_400_000, cohort: 86_400_000 },
    budget: { falseAlarms: rule.falseAlarms, per: rule.per },
    maxSeries: 2_000,
    columns: {},
    rules: [
      {
        alert: "Drift",
        measure: "psi",
        columns: ["*"],
        by: rule.by ?? [],
        limit: { kind: "atLeast", value: rule.atLeast },
        for: rule.for,
        keepFiringFor: rule.keepFiringFor,
        severity: "ticket",
        labels: {},
        annotations: {},
        window: { size: rule.window, every: rule.pane },
      },
    ],
  };
}

function referenceOf(columns: readonly LearntColumn[], rule: OneRule): Reference {
  const rows = Math.max(...columns.map(({ calibration }) => calibration.n));
  const unknown = Number.NaN;
  return {
    id: "0".repeat(64),
    model: "m",
    rows,
    from: unknown,
    to: unknown,
    independent: false,
    segmentBy: [],
    windowSizes: [rule.window],
    columns: columns.map(({ described }) => described),
    segments: [
      {
        name: "all",
        rows,
        columns: columns.map(({ counts, calibration }) => ({ counts, calibrations: [calibration] })),
        hourOfWeek: new Float64Array(168).fill(unknown),
        hourOfDay: new Float64Array(24).fill(unknown),
      },
    ],
  };
}
