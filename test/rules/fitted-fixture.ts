import { buildGrid } from "../../src/counts/grid.ts";
import { SUMMARY_KINDS } from "../../src/counts/summary-kinds.ts";
import type { Reference, ReferenceColumn } from "../../src/reference/reference.ts";
import type { Model } from "../../src/rules/model.ts";

const DAY = 86_400_000;

/** A model without rules. */
export const EMPTY_MODEL: Model = {
  name: "m",
  file: "/rules/m.yaml",
  references: {},
  window: { size: 3_600_000, pane: 60_000, lateness: 0 },
  segmentBy: [],
  segments: { top: 20 },
  versions: { keep: 4, forgetAfter: 7 * DAY },
  labels: { expireAfter: 7 * DAY, cohort: DAY },
  budget: { falseAlarms: 1, per: 30 * DAY },
  maxSeries: 2_000,
  columns: {},
  rules: [],
};

/** A reference of these columns that has seen nothing. */
export function referenceWith(columns: readonly Omit<ReferenceColumn, "pii" | "grid">[]): Reference {
  const described = columns.map((column): ReferenceColumn => ({
    ...column,
    pii: false,
    ...(column.type === "number" ? { grid: buildGrid(Float64Array.of(0, 0.5, 1)) } : {}),
  }));
  const baselines = described.map(({ grid, categories }) => ({
    counts: new Float64Array(
      grid === undefined ? SUMMARY_KINDS.categories.length(categories) : SUMMARY_KINDS.bins.length(grid),
    ),
    calibrations: [],
  }));
  const hours = { hourOfWeek: new Float64Array(168), hourOfDay: new Float64Array(24) };
  return {
    id: "r",
    model: "m",
    rows: 0,
    from: 0,
    to: 0,
    independent: false,
    segmentBy: [],
    windowSizes: [],
    columns: described,
    segments: [{ name: "all", rows: 0, columns: baselines, ...hours }],
  };
}
