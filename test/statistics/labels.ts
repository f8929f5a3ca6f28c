import { addLabel, rulerLength } from "../../src/counts/outcome-ruler.ts";
import { addOutcome } from "../../src/counts/outcomes.ts";
import { addToBand, bandStart, outcomesLength } from "../../src/counts/score-bands.ts";
import { VALUES } from "../../src/counts/values.ts";
import type { ValueOutcome, ValuesRuler } from "../../src/counts/values.ts";

/** Labels of a few distinct scores, so that thousands of them are counted as fast as one. */
export interface LabelSheet {
  readonly edges: Float64Array;
  readonly scores: readonly number[];
  readonly length: number;
  /** By score and truth: the slots that one label changes, and by how much. */
  readonly changes: readonly (readonly { slot: number; by: number }[])[];
}

/** `scores` ascend; bands end at every `perBand`-th of them. */
export function labelSheet(scores: readonly number[], perBand: number): LabelSheet {
  const edges = Float64Array.from(scores.filter((_, i) => i > 0 && i % perBand === 0));
  const length = outcomesLength(edges);
  const changes = scores.flatMap((score) =>
    [0, 1].map((truth) =>
      [...sectionOf(edges, [{ score, truth }])].flatMap((by, slot) => (by === 0 ? [] : [{ slot, by }])),
    ),
  );
  return { edges, scores, length, changes };
}

/** Adds `count` labels of one score, `positives` of which came true. */
export function addLabels(
  section: Float64Array,
  sheet: LabelSheet,
  { score, count, positives }: { score: number; count: number; positives: number },
): void {
  for (const { slot, by } of sheet.changes[2 * score]) section[slot] += by * (count - positives);
  for (const { slot, by } of sheet.changes[2 * score + 1]) section[slot] += by * positives;
}

/** A section of the `outcomes` kind. */
export function sectionOf(
  edges: Float64Array,
  labels: Iterable<{ readonly score: number; readonly truth: number }>,
): Float64Array {
  const section = new Float64Array(outcomesLength(edges));
  for (const label of labels) {
    const outcome = { ...label, decision: Number.NaN };
    addOutcome(section, 0, outcome, 1);
    addToBand(section, bandStart(0), { edges, outcome, sign: 1 });
  }
  return section;
}

/** The sections of labels that are numbers. */
export interface ValueSections {
  readonly ruler: ValuesRuler;
  readonly values: Float64Array;
  readonly residuals: Float64Array;
}

export function valueSections(ruler: ValuesRuler, outcomes: Iterable<ValueOutcome>): ValueSections {
  const vector = new Float64Array(rulerLength(ruler));
  for (const { value, truth } of outcomes) {
    addLabel(vector, 0, { ruler, label: { answer: value, decision: Number.NaN, truth }, sign: 1 });
  }
  return { ruler, values: vector.slice(0, VALUES.length), residuals: vector.slice(VALUES.length) };
}
