import { classesLength, confusionSlot } from "./classes.ts";
import { addClasswise, classwiseLength } from "./classwise.ts";
import { addOutcome, OUTCOMES } from "./outcomes.ts";
import type { Outcome } from "./outcomes.ts";
import { addToBand, bandStart, outcomesLength } from "./score-bands.ts";
import type { SummaryKindName } from "./summary-kinds.ts";
import { addResidual, addValue, residualsLength, VALUES } from "./values.ts";
import type { ValuesRuler } from "./values.ts";

/** What a model's labels are held against, fixed by its reference; by what the model answers with. */
export type OutcomeRuler = BinaryRuler | ClassesRuler | ValuesRuler;

/** A probability of class 1, a decision for or against it, or both. */
interface BinaryRuler {
  readonly kind: "binary";
  /** Between the bands of the score (score-bands.ts). */
  readonly edges: Float64Array;
}

/** A decision between many classes, and how sure it is. */
export interface ClassesRuler {
  readonly kind: "classes";
  /** Between the bands of the largest probability. */
  readonly edges: Float64Array;
  /** Those that the reference knows, by code; one that it does not has the code behind the last. */
  readonly classes: readonly string[];
  /** Whether the probabilities of all classes are held against the truth, not only the largest. */
  readonly isClasswise: boolean;
}

/** What arrived for one prediction. */
export interface Label {
  /** What the model answered: a probability, of many the largest, or the number itself; NaN where there was none. */
  readonly answer: number;
  /** What it decided, coded as the truth; NaN where it did not. */
  readonly decision: number;
  readonly truth: number;
  /** Of the classes with a row of their own, as they are kept (classwise.ts); absent where there were none. */
  readonly probabilities?: Float64Array | undefined;
}

/** The sections that labels are counted in, one behind the other. */
export function sectionsOfRuler(
  ruler: OutcomeRuler,
): readonly { readonly kind: SummaryKindName; readonly length: number }[] {
  if (ruler.kind === "binary") return [{ kind: "outcomes", length: outcomesLength(ruler.edges) }];
  if (ruler.kind === "classes") {
    return [
      { kind: "top-label", length: outcomesLength(ruler.edges) },
      { kind: "classes", length: classesLength(ruler.classes.length) },
      ...(ruler.isClasswise
        ? [{ kind: "classwise" as const, length: classwiseLength(ruler.classes.length) }]
        : []),
    ];
  }
  const values = { kind: "values", length: VALUES.length } as const;
  return ruler.residuals === undefined
    ? [values]
    : [values, { kind: "residuals", length: residualsLength(ruler) }];
}

/** Length of all of them. */
export function rulerLength(ruler: OutcomeRuler): number {
  return sectionsOfRuler(ruler).reduce((sum, { length }) => sum + length, 0);
}

/** Where, in the vector of the sections, the predictions are counted. */
export function predictedSlot({ kind }: OutcomeRuler): number {
  return kind === "values" ? VALUES.predicted : OUTCOMES.predicted;
}

/** How many predictions have a label, of one kind or another. */
export function labelledCount({ kind }: OutcomeRuler, vector: Float64Array): number {
  if (kind === "values") return vector[VALUES.n] + vector[VALUES.unscored];
  let labelled = vector[OUTCOMES.unscored];
  for (let slot = OUTCOMES.perBin.n; slot < OUTCOMES.predicted; slot += OUTCOMES.perBin.length) {
    labelled += vector[slot];
  }
  return labelled;
}

/** Counts one label in the sections that begin at `offset`; sign -1 takes it back, when it is revised. */
export function addLabel(
  vector: Float64Array,
  offset: number,
  counted: { readonly ruler: OutcomeRuler; readonly label: Label; readonly sign: 1 | -1 },
): void {
  const { ruler, label, sign } = counted;
  const { answer, decision, truth } = label;
  if (ruler.kind === "values") {
    const outcome = { value: answer, truth };
    addValue(vector, offset, { outcome, step: ruler.step, sign });
    if (ruler.residuals === undefined) return;
    addResidual(vector, offset + VALUES.length, { outcome, grid: ruler.residuals, sign });
    return;
  }
  const outcome = ruler.kind === "binary" ? { score: answer, decision, truth } : topLabel(ruler, label);
  addOutcome(vector, offset, outcome, sign);
  addToBand(vector, offset + bandStart(0), { edges: ruler.edges, outcome, sign });
  if (ruler.kind === "binary") return;
  const matrix = offset + outcomesLength(ruler.edges);
  if (ruler.isClasswise && label.probabilities !== undefined) {
    const { probabilities } = label;
    addClasswise(vector, matrix + classesLength(ruler.classes.length), { probabilities, truth, sign });
  }
  if (Number.isNaN(outcome.decision)) return;
  vector[matrix + confusionSlot(ruler.classes.length, truth, decision)] += sign;
}

/**
 * Of many classes, whether the decision came true, as an outcome of two: the probability is that of the decision. Where the
 * reference knows neither the class that was decided for nor the one that came, nobody knows whether they are the same.
 */
export function topLabel({ classes }: ClassesRuler, { answer, decision, truth }: Label): Outcome {
  if (Number.isNaN(decision) || (decision >= classes.length && truth >= classes.length)) {
    return { score: Number.NaN, decision: Number.NaN, truth: 0 };
  }
  return { score: answer, decision: 1, truth: Number(decision === truth) };
}
