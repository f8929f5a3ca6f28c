import { OUTCOMES } from "../counts/outcomes.ts";
import { LEAST_CASES, noData, scored } from "./measure.ts";
import { sumOutcomes } from "./outcome-sums.ts";
import type { Score } from "./score.ts";
import { wilsonInterval } from "./wilson.ts";

/** Class 1 against all others, over all labels with a decision; without one, score >= 0.5 decides. */
interface Confusion {
  /** Labels with a decision. */
  readonly n: number;
  readonly truePositives: number;
  readonly falsePositives: number;
  readonly falseNegatives: number;
}

interface ConfusionShare {
  /** Out of how many the true positives are a share. */
  readonly total: (confusion: Confusion) => number;
  /** What there are too few of, as a reason says it. */
  readonly cases: string;
  /** From the share to the measure: increasing, from [0, 1] to [0, 1]. */
  readonly transform?: (share: number) => number;
}

/** The true positives as a share, with Wilson's interval; `n` is the number of labels, extras.of what the share is of. */
export function confusionShare(section: Float64Array, options: ConfusionShare): Score {
  const { total, cases, transform = (share) => share } = options;
  const confusion = confusionOf(section);
  const { n, truePositives } = confusion;
  if (n === 0) return noData("no labels");
  const of = total(confusion);
  if (of === 0) return { status: "undefined", reason: `no ${cases}`, n };
  const { lower, upper } = wilsonInterval(truePositives, of);
  const value = transform(truePositives / of);
  const bounds = { lower: transform(lower), upper: transform(upper) };
  const score = scored({ value, effect: value, n, trust: "policy", ...bounds, extras: { of } }, "labels");
  if (score.status !== "ok" || of >= LEAST_CASES) return score;
  return { ...score, status: "too-few", reason: `fewer than ${LEAST_CASES} ${cases}` };
}

/** Of the `n` labels with a decision, each in one of four. */
export function confusionCounts(section: Float64Array, n: number): Record<string, number> {
  const { truePositives, falsePositives, falseNegatives } = confusionOf(section);
  const trueNegatives = n - truePositives - falsePositives - falseNegatives;
  return { truePositives, falsePositives, falseNegatives, trueNegatives };
}

function confusionOf(section: Float64Array): Confusion {
  return {
    n: sumOutcomes(section).n + section[OUTCOMES.decided],
    truePositives: section[OUTCOMES.truePositives],
    falsePositives: section[OUTCOMES.falsePositives],
    falseNegatives: section[OUTCOMES.falseNegatives],
  };
}
