import type { Grid } from "../counts/grid.ts";
import type { OutcomeRuler } from "../counts/outcome-ruler.ts";
import { valuesRuler } from "../counts/values.ts";
import type { ReferenceColumn } from "./reference.ts";
import { scoreEdges } from "./score-edges.ts";

type Column = Pick<ReferenceColumn, "name" | "type">;

/** What a model answers with decides how its labels are counted: a score or a decision before a number. */
export function answerKind(columns: readonly Column[]): OutcomeRuler["kind"] {
  const has = (name: string): boolean => columns.some((column) => column.name === name);
  if (has("prediction.score") || has("prediction.decision")) return "binary";
  return has("prediction.value") ? "values" : "binary";
}

/** The column that holds the answer, of each kind. */
export const ANSWERS: Readonly<Record<OutcomeRuler["kind"], string>> = {
  binary: "prediction.score",
  values: "prediction.value",
};

/** What labels are counted on. `residuals` are the bins of the errors of numbers, where the reference has labels. */
export function labelRuler(
  columns: readonly Pick<ReferenceColumn, "name" | "type" | "grid">[],
  residuals?: Grid,
): OutcomeRuler {
  if (answerKind(columns) === "binary") return { kind: "binary", edges: scoreEdges(columns) };
  const grid = columns.find(({ name }) => name === ANSWERS.values)?.grid;
  const usual = residuals === undefined ? 0 : Math.max(Math.abs(residuals.low), Math.abs(residuals.high));
  // Without errors to learn from, an answer may be off by as much as answers differ.
  return valuesRuler(usual > 0 || grid === undefined ? usual : grid.high - grid.low, residuals);
}
