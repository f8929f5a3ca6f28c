import type { Grid } from "../counts/grid.ts";
import type { OutcomeRuler } from "../counts/outcome-ruler.ts";
import { outcomesLength } from "../counts/score-bands.ts";
import { valuesRuler } from "../counts/values.ts";
import { CONFIDENCE } from "../event/probabilities.ts";
import { binaryClasses } from "../event/yes-no.ts";
import type { ReferenceColumn } from "./reference.ts";
import { scoreEdges } from "./score-edges.ts";

type Column = Pick<ReferenceColumn, "name" | "type" | "categories">;

/**
 * What a model answers with decides how its labels are counted: a score before a decision, and that before a number. A
 * decision whose classes all mean yes or no is one of two.
 */
export function answerKind(columns: readonly Column[]): OutcomeRuler["kind"] {
  const find = (name: string): Column | undefined => columns.find((column) => column.name === name);
  const decision = find("prediction.decision");
  if (find("prediction.score") !== undefined) return "binary";
  if (decision !== undefined) return binaryClasses(decision.categories) === undefined ? "classes" : "binary";
  return find("prediction.value") === undefined ? "binary" : "values";
}

/** The column that holds the answer, of each kind. */
export const ANSWERS: Readonly<Record<OutcomeRuler["kind"], string>> = {
  binary: "prediction.score",
  classes: CONFIDENCE,
  values: "prediction.value",
};

/**
 * What labels are counted on. `residuals` are the bins of the errors of numbers, where the reference has labels;
 * `isClasswise`, whether somebody asks for the probabilities of all classes.
 */
export function labelRuler(
  columns: readonly Pick<ReferenceColumn, "name" | "type" | "grid" | "categories">[],
  { residuals, isClasswise = false }: { residuals?: Grid | undefined; isClasswise?: boolean } = {},
): OutcomeRuler {
  const kind = answerKind(columns);
  if (kind !== "values") {
    const edges = scoreEdges(columns, ANSWERS[kind]);
    const classes = columns.find(({ name }) => name === "prediction.decision")?.categories ?? [];
    return kind === "binary" ? { kind, edges } : { kind, edges, classes, isClasswise };
  }
  const grid = columns.find(({ name }) => name === ANSWERS.values)?.grid;
  const usual = residuals === undefined ? 0 : Math.max(Math.abs(residuals.low), Math.abs(residuals.high));
  // Without errors to learn from, an answer may be off by as much as answers differ.
  return valuesRuler(usual > 0 || grid === undefined ? usual : grid.high - grid.low, residuals);
}

/** The part of a reference's labels that holds probabilities: a section of the kind `outcomes` or `top-label`. */
export function scoredPart(
  columns: readonly Pick<ReferenceColumn, "name" | "type" | "grid" | "categories">[],
  counts: Float64Array,
): Float64Array {
  if (answerKind(columns) !== "classes") return counts;
  return counts.subarray(0, outcomesLength(scoreEdges(columns, ANSWERS.classes)));
}
