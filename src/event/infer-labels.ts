import type { MappedField } from "../config/config.ts";
import type { InferredType } from "./infer-type.ts";

/** Of what is known without looking (infer.ts). */
interface Known {
  readonly fields: Readonly<Partial<Record<MappedField, string>>>;
  readonly needsAnswer?: boolean;
}

/** What a truth is held against. */
const ANSWERS: ReadonlySet<MappedField> = new Set(["score", "decision", "value"]);

/** Why a truth beside a score is left out. */
export const MANY_CLASSES =
  "beside a score a truth is true or false, 1 or 0, yes or no; of more classes name the decision, and no score";

/** A truth beside no answer, where that is asked for, is a column like any other. */
export function usefulFields<T extends { readonly field: MappedField }>(
  found: readonly T[],
  { fields, needsAnswer = false }: Known,
): readonly T[] {
  const isUseful =
    !needsAnswer || fields.truth !== undefined || found.some(({ field }) => ANSWERS.has(field));
  return isUseful ? found : found.filter(({ field }) => field !== "truth");
}

/**
 * A score is the probability of one of two classes, and says nothing of a truth of many. A score that was guessed then makes
 * way for the decision; elsewhere the truth is left out.
 */
export function comparableFields<T extends { readonly field: MappedField; readonly type: InferredType }>(
  found: readonly T[],
  { fields }: Known,
): { readonly fields: readonly T[]; readonly unheld?: T } {
  const find = (wanted: MappedField): T | undefined => found.find(({ field }) => field === wanted);
  const truth = find("truth");
  if (truth === undefined || find("score") === undefined || isOfTwo(truth.type)) return { fields: found };
  const isScoreSpare = fields.score === undefined && find("decision") !== undefined;
  if (isScoreSpare) return { fields: found.filter(({ field }) => field !== "score") };
  return { fields: found.filter(({ field }) => field !== "truth"), unheld: truth };
}

function isOfTwo({ type, isBit, isYesNo }: InferredType): boolean {
  return type === undefined || type === "boolean" || isBit || isYesNo;
}
