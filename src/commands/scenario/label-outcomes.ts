import { ownClasses } from "../../counts/classes.ts";
import { classesLength, confusionSlot } from "../../counts/classes.ts";
import type { ClassesRuler, Label, OutcomeRuler } from "../../counts/outcome-ruler.ts";
import { OUTCOMES } from "../../counts/outcomes.ts";
import { BAND, bandStart, outcomesLength } from "../../counts/score-bands.ts";
import { prepareBins } from "../../counts/bins.ts";
import { VALUES } from "../../counts/values.ts";
import type { ValuesRuler } from "../../counts/values.ts";
import { changeParts } from "./change-parts.ts";
import { partsOf } from "./parts.ts";
import type { LabelEffect } from "./scenario.ts";

/** One thing that can come of a prediction, and how likely it is. */
export interface LabelOutcome {
  readonly label: Label;
  readonly share: number;
}

/**
 * What comes of predictions in the reference, changed as the effects say. `counts` are the labels of a segment of the reference,
 * on the model's ruler. The shares add up to 1; none where the reference has no labels there.
 */
export function labelOutcomes(
  ruler: OutcomeRuler,
  counts: Float64Array,
  effects: readonly LabelEffect[],
): LabelOutcome[] {
  const found =
    ruler.kind === "values"
      ? errorOutcomes(ruler, counts, effects)
      : ruler.kind === "classes"
        ? classOutcomes(ruler, counts, effects)
        : binaryOutcomes(ruler.edges, counts, effects);
  const likely = found.filter(({ share }) => share > 0);
  const total = likely.reduce((sum, { share }) => sum + share, 0);
  return likely.map((outcome) => ({ ...outcome, share: outcome.share / total }));
}

/** Labels of which the score is much the same. */
interface ScoreCell {
  readonly score: number;
  readonly n: number;
  readonly positives: number;
  /** What was decided of most of them. */
  readonly decision: number;
}

function binaryOutcomes(
  edges: Float64Array,
  counts: Float64Array,
  effects: readonly LabelEffect[],
): LabelOutcome[] {
  const cells = [...scoreCells(edges, counts), ...unscoredCells(counts)];
  return cells.flatMap(({ score, n, positives, decision }) => {
    const rate = changedRate(positives / n, effects);
    const outcome = (truth: number, share: number): LabelOutcome => ({
      label: { answer: score, decision, truth },
      share: n * share,
    });
    return [outcome(1, rate), outcome(0, 1 - rate)];
  });
}

/** How often the truth is 1, where it was so at `rate`. */
function changedRate(rate: number, effects: readonly LabelEffect[]): number {
  return effects.reduce((before, effect) => {
    if (effect.kind === "labelFlip") return before * (1 - effect.share) + (1 - before) * effect.share;
    if (effect.kind !== "miscalibrate") return before;
    const clipped = Math.min(1 - LEAST_RATE, Math.max(LEAST_RATE, before));
    const odds = effect.slope * Math.log(clipped / (1 - clipped)) + effect.offset;
    return 1 / (1 + Math.exp(-odds));
  }, rate);
}

/** Where no label of a cell was 1 the log-odds would be infinite. */
const LEAST_RATE = 1e-4;

/**
 * A section knows its labels by bins of equal width and by bands that end at deciles: both are cuts of the same scores, so that
 * what lies between any two neighbouring cuts follows.
 */
function scoreCells(edges: Float64Array, counts: Float64Array): ScoreCell[] {
  const cuts = [
    ...new Set([...edges, ...Array.from({ length: OUTCOMES.bins }, (_, bin) => bin / OUTCOMES.bins), 1]),
  ];
  const ends = cuts.filter((cut) => cut > 0 && cut <= 1).toSorted((a, b) => a - b);
  const cells: ScoreCell[] = [];
  let before = { n: 0, positives: 0 };
  let from = 0;
  for (const to of ends) {
    const below = countBelow(edges, counts, to);
    const n = below.n - before.n;
    const positives = Math.min(n, Math.max(0, below.positives - before.positives));
    const bin = Math.min(OUTCOMES.bins - 1, Math.floor(((from + to) / 2) * OUTCOMES.bins));
    if (n > 0) cells.push({ ...scoreIn(counts, bin, { from, to }), n, positives });
    before = { n: before.n + Math.max(0, n), positives: before.positives + positives };
    from = to;
  }
  return cells;
}

/** Labels with a score below `cut`, which is the end of a bin or of a band; 1 counts all. */
function countBelow(
  edges: Float64Array,
  counts: Float64Array,
  cut: number,
): { n: number; positives: number } {
  const sum = { n: 0, positives: 0 };
  const band = edges.indexOf(cut);
  const add = (at: number, fields: { n: number; positives: number }): void => {
    sum.n += counts[at + fields.n];
    sum.positives += counts[at + fields.positives];
  };
  if (band >= 0) {
    for (let k = 0; k <= band; k += 1) add(bandStart(k), BAND);
  } else {
    const bins = Math.round(cut * OUTCOMES.bins);
    for (let bin = 0; bin < bins; bin += 1) add(bin * OUTCOMES.perBin.length, OUTCOMES.perBin);
  }
  return sum;
}

/** The mean score of the bin if that lies between the cuts, else their middle; and what was decided of most of its labels. */
function scoreIn(
  counts: Float64Array,
  bin: number,
  { from, to }: { from: number; to: number },
): Pick<ScoreCell, "score" | "decision"> {
  const { perBin, scale } = OUTCOMES;
  const at = bin * perBin.length;
  const n = counts[at + perBin.n];
  const mean = counts[at + perBin.probability] / scale / n;
  const correct = counts[at + perBin.correct];
  const positives = counts[at + perBin.positives];
  const isYes = Math.abs(correct - positives) < Math.abs(correct - (n - positives));
  // A whole bin keeps its mean; of a part of one only the middle is known.
  const isWhole = to - from > 0.999 / OUTCOMES.bins;
  return { score: isWhole && mean >= from && mean <= to ? mean : (from + to) / 2, decision: Number(isYes) };
}

/** Labels of a model that decides without a score. */
function unscoredCells(counts: Float64Array): ScoreCell[] {
  const score = Number.NaN;
  if (counts[OUTCOMES.decided] === 0) {
    const n = counts[OUTCOMES.unscored];
    return n === 0 ? [] : [{ score, n, positives: 0, decision: Number.NaN }];
  }
  // Decisions are of all labels: those with a score are told by their cells.
  let scored = 0;
  for (let bin = 0; bin < OUTCOMES.bins; bin += 1) scored += counts[bin * OUTCOMES.perBin.length];
  if (scored > 0) return [];
  const yes = counts[OUTCOMES.truePositives] + counts[OUTCOMES.falsePositives];
  const no = counts[OUTCOMES.decided] - yes;
  return [
    { score, n: yes, positives: counts[OUTCOMES.truePositives], decision: 1 },
    { score, n: no, positives: counts[OUTCOMES.falseNegatives], decision: 0 },
  ].filter(({ n }) => n > 0);
}

/** Every pair of a class that came and one that was decided; how sure the model was goes by whether they are the same. */
function classOutcomes(
  ruler: ClassesRuler,
  counts: Float64Array,
  effects: readonly LabelEffect[],
): LabelOutcome[] {
  const start = outcomesLength(ruler.edges);
  const matrix = counts.subarray(start, start + classesLength(ruler.classes.length));
  const own = ownClasses(ruler.classes.length);
  const cells = scoreCells(ruler.edges, counts.subarray(0, start));
  const flipped = effects.reduce(
    (share, effect) => (effect.kind === "labelFlip" ? share + (1 - share) * effect.share : share),
    0,
  );
  const moved = effects.filter(({ kind }) => kind === "miscalibrate");
  const outcomes: LabelOutcome[] = [];
  for (let decision = 0; decision <= own; decision += 1) {
    const came = Array.from(
      { length: own + 1 },
      (_, truth) => matrix[confusionSlot(ruler.classes.length, truth, decision)],
    );
    const total = came.reduce((sum, n) => sum + n, 0);
    const right = total === 0 ? 0 : came[decision] / total;
    const rate = changedRate(right, moved);
    for (const [truth, found] of came.entries()) {
      // Of what is not right any more, every other class has the part that it had of that.
      const factor = truth === decision ? rate / right : (1 - rate) / (1 - right);
      const n = found === 0 ? 0 : found * factor;
      // What is flipped away from the other classes comes to each of the rest alike.
      const others = total - n;
      const share = n * (1 - flipped) + (own > 1 ? (others * flipped) / own : 0);
      outcomes.push(
        ...sureness(cells, truth === decision, share).map(({ answer, part }) => ({
          label: { answer, decision, truth },
          share: part,
        })),
      );
    }
  }
  return outcomes;
}

/** Splits a share by how sure the model was of decisions that came true, or did not. */
function sureness(
  cells: readonly ScoreCell[],
  isRight: boolean,
  share: number,
): { answer: number; part: number }[] {
  const weights = cells.map(({ n, positives }) => (isRight ? positives : n - positives));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (total === 0) return [{ answer: Number.NaN, part: share }];
  return cells.map(({ score }, position) => ({ answer: score, part: (share * weights[position]) / total }));
}

/** An error is all that is counted of an answer and its truth. */
function errorOutcomes(
  ruler: ValuesRuler,
  counts: Float64Array,
  effects: readonly LabelEffect[],
): LabelOutcome[] {
  const { residuals } = ruler;
  if (residuals === undefined) return [];
  const ref = prepareBins({ column: "", grid: residuals, counts: counts.subarray(VALUES.length) });
  const parts = effects.reduce(
    (before, effect) => {
      if (effect.kind !== "error") return before;
      const scaled = changeParts(before, { kind: "scale", by: effect.scale });
      return changeParts(scaled, { kind: "shift", by: effect.shift, unit: "own" });
    },
    partsOf(ref, ref.counts),
  );
  return parts.flatMap((part) =>
    part.kind === "span"
      ? [{ label: { answer: part.mean, decision: Number.NaN, truth: 0 }, share: part.share }]
      : [],
  );
}
