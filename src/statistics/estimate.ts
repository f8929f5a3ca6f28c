import type { BinsRef, SeriesRef } from "../counts/ref.ts";
import { spreadOfEstimate } from "./expected-outcomes.ts";
import type { Estimator } from "./expected-outcomes.ts";
import { LEAST_CASES, LEAST_LABELS, NO_REFERENCE, noData, NOT_NUMBERS, scored } from "./measure.ts";
import type { MeasureContext } from "./measure.ts";
import { countOfBins } from "./numeric-bins.ts";
import type { Score } from "./score.ts";
import { foretellBins, weighCells } from "./score-cells.ts";
import type { ForetoldBins } from "./score-cells.ts";
import { NORMAL_975 } from "./wilson.ts";

/** What every estimate's documentation says besides its own formula. */
export const ESTIMATE_TERMS =
  "It holds only while a score means what it meant in the reference: where that has changed (concept drift), it misleads, and only labels tell. " +
  "The score is recalibrated: c rises with it, fitted to the reference's labels by pooling adjacent violators on 120 equal-width bins. " +
  "A window's scores stand at the middle of their bins; decisions are those of the reference's own threshold. " +
  "lower and upper are a 95% interval of what the labels of these very predictions would give: chance in each label, given c, and the sampling error of c, by linear approximation, " +
  "as if rows were independent. A map fitted to few labels flatters: simulated, accuracy came out 0.8 points high with 500 of them and 0.3 with 1,500. The effect is the distance from extras.reference, the same estimate of the reference's own scores; " +
  "extras.labels is the number of labels in the reference, extras.threshold the score from which on class 1 is decided for.";

export const ESTIMATE_SOURCE =
  "Confidence-based performance estimation, as in NannyML; isotonic recalibration: Zadrozny and Elkan (2002); delta method.";

/**
 * A number that labels would give, estimated of a window's scores alone; `cases` is what there are too few of, as a reason
 * says it. `outcomes` of the context are the reference's.
 */
export function estimateFrom(options: {
  estimator: Estimator;
  cases: string;
  ref: SeriesRef | undefined;
  window: Float64Array;
  context: MeasureContext | undefined;
}): Score {
  const { estimator, cases, ref, window, context } = options;
  if (ref === undefined) return NO_REFERENCE;
  if (ref.kind !== "bins") return NOT_NUMBERS;
  const n = countOfBins(ref, window, context?.shared);
  if (n === 0) return noData("no scores");
  const { outcomes } = context ?? {};
  if (outcomes === undefined) return { status: "no-reference", reason: "the reference has no labels", n };
  const foretold = foretellBins(ref, outcomes);
  if (typeof foretold === "string") return { status: "undefined", reason: foretold, n };
  const { cells, labels, threshold } = foretold;
  const weights = weighCells(foretold, window);
  const { value, slope, of } = estimator(weights, cells);
  if (!Number.isFinite(value)) return { status: "undefined", reason: `no ${cases} to be expected`, n };
  const usual = usualEstimate(ref, foretold, estimator);
  const half = NORMAL_975 * spreadOfEstimate(weights, cells, slope);
  const reference = Number.isFinite(usual) ? { reference: usual } : {};
  const score = scored(
    {
      value,
      effect: Math.abs(value - (Number.isFinite(usual) ? usual : value)),
      n,
      lower: Math.max(0, value - half),
      upper: Math.min(1, value + half),
      trust: "policy",
      extras: { ...reference, labels, threshold },
    },
    "values",
  );
  if (score.status !== "ok") return score;
  if (labels < LEAST_LABELS) {
    return { ...score, status: "too-few", reason: `fewer than ${LEAST_LABELS} labels in the reference` };
  }
  if (of >= LEAST_CASES) return score;
  return { ...score, status: "too-few", reason: `fewer than ${LEAST_CASES} ${cases} to be expected` };
}

/** Of the reference's own scores, which never change. */
const usualByBins = new WeakMap<ForetoldBins, Map<Estimator, number>>();

function usualEstimate(ref: BinsRef, foretold: ForetoldBins, estimator: Estimator): number {
  const known = usualByBins.get(foretold) ?? new Map<Estimator, number>();
  usualByBins.set(foretold, known);
  const found = known.get(estimator) ?? estimator(weighCells(foretold, ref.counts), foretold.cells).value;
  known.set(estimator, found);
  return found;
}
