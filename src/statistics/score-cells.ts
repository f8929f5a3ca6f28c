import type { Grid } from "../counts/grid.ts";
import { OUTCOMES } from "../counts/outcomes.ts";
import type { BinsRef } from "../counts/ref.ts";
import { sumOf } from "../counts/vector.ts";
import { decisionThreshold } from "./decision-threshold.ts";
import { createCells } from "./expected-outcomes.ts";
import type { ScoreCells } from "./expected-outcomes.ts";
import { fitIsotonic } from "./isotonic.ts";
import type { IsotonicMap } from "./isotonic.ts";
import { scoreSpans } from "./score-spans.ts";
import type { ScoreSpan } from "./score-spans.ts";

/** What a reference's labels say of the bins of its score: all that estimates without labels need, and no window changes. */
export interface ForetoldBins {
  readonly cells: ScoreCells;
  /** Cell -> the bin whose values it holds; bins in order, the one that the threshold splits twice. */
  readonly binOf: Int32Array;
  /** Cell -> its part of the bin's values. */
  readonly partOf: Float64Array;
  /** The score from which on class 1 is decided for. */
  readonly threshold: number;
  /** Labels in the reference. */
  readonly labels: number;
}

/** A reference's counts never change. */
const known = new WeakMap<Float64Array, WeakMap<BinsRef, ForetoldBins | string>>();

/** `outcomes` is the reference's section of that kind. Answers a reason where nothing can be foretold. */
export function foretellBins(ref: BinsRef, outcomes: Float64Array): ForetoldBins | string {
  const ofOutcomes = known.get(outcomes) ?? new WeakMap<BinsRef, ForetoldBins | string>();
  known.set(outcomes, ofOutcomes);
  const found = ofOutcomes.get(ref) ?? build(ref, outcomes);
  ofOutcomes.set(ref, found);
  return found;
}

function build(ref: BinsRef, outcomes: Float64Array): ForetoldBins | string {
  const { map, labels } = calibrationMap(outcomes);
  if (labels === 0) return "the reference has no labels with a probability";
  const threshold = decisionThreshold(outcomes);
  if (threshold === undefined) return "decisions do not follow the score";
  const spans = splitBins(ref.grid, threshold);
  const scores = Float64Array.from(spans, ({ from, to }) => from + (to - from) / 2);
  const decided = Uint8Array.from(spans, ({ from }) => Number(from >= threshold));
  return {
    cells: createCells(map, scores, decided),
    binOf: Int32Array.from(spans, ({ bin }) => bin),
    partOf: Float64Array.from(spans, ({ part }) => part),
    threshold,
    labels,
  };
}

/** The predictions of a bins section in each cell. */
export function weighCells({ binOf, partOf }: ForetoldBins, section: Float64Array): Float64Array {
  const weights = new Float64Array(partOf.length);
  for (let cell = 0; cell < weights.length; cell += 1) weights[cell] = partOf[cell] * section[binOf[cell]];
  return weights;
}

/** Each bin of the section is a knot at its labels' mean score. */
function calibrationMap(outcomes: Float64Array): { map: IsotonicMap; labels: number } {
  const { bins, perBin, scale } = OUTCOMES;
  const used = Array.from({ length: bins }, (_, bin) => bin * perBin.length).filter(
    (at) => outcomes[at + perBin.n] > 0,
  );
  const totals = Float64Array.from(used, (at) => outcomes[at + perBin.n]);
  const scores = Float64Array.from(used, (at) => outcomes[at + perBin.probability] / scale).map(
    (sum, knot) => sum / totals[knot],
  );
  const positives = Float64Array.from(used, (at) => outcomes[at + perBin.positives]);
  return { map: fitIsotonic({ scores, positives, totals }), labels: sumOf(totals) };
}

/** Of each bin the part of its values that lies at or above the threshold. */
export function selectedParts(grid: Grid, threshold: number): Float64Array {
  const selected = new Float64Array(grid.edges.length + 1);
  for (const { bin, from, part } of splitBins(grid, threshold)) if (from >= threshold) selected[bin] += part;
  return selected;
}

interface Part extends ScoreSpan {
  /** Of the bin's values. */
  readonly part: number;
}

/** The bins as spans of scores; the one that the threshold lies in as two, as if its values were spread evenly. */
function splitBins(grid: Grid, threshold: number): Part[] {
  return scoreSpans(grid).flatMap(({ bin, from, to }): Part[] => {
    if (!(from < threshold && threshold < to)) return [{ bin, from, to, part: 1 }];
    const below = (threshold - from) / (to - from);
    return [
      { bin, from, to: threshold, part: below },
      { bin, from: threshold, to, part: 1 - below },
    ];
  });
}
