import { classCounts, labelsIn } from "./class-shares.ts";
import type { ClassCounts } from "./class-shares.ts";
import { NO_REFERENCE, noData, scored } from "./measure.ts";
import type { MeasureContext } from "./measure.ts";
import type { Score } from "./score.ts";
import { NORMAL_975 } from "./wilson.ts";

/** A share of each class: `of` cases, `right` of them; what has no cases counts as 0. */
interface ClassShare {
  readonly right: number;
  readonly of: number;
}

/**
 * The mean over the classes that came or were decided for, each of the same weight. lower and upper are Wald's 95% interval
 * of the mean, as if rows were independent; extras hold the share of every class by its name.
 */
export function macroScore(
  shareOf: (counts: ClassCounts) => ClassShare,
  window: Float64Array,
  context?: MeasureContext,
): Score {
  const ruler = context?.classes;
  if (ruler === undefined) return NO_REFERENCE;
  const n = labelsIn(window);
  if (n === 0) return noData("no labels with a decision");
  const counts = classCounts(window, ruler.classes);
  if (counts.length === 0) return { status: "undefined", reason: "no class of the reference came", n };
  const extras: Record<string, number> = {};
  let sum = 0;
  let variance = 0;
  for (const one of counts) {
    const { right, of } = shareOf(one);
    const share = of === 0 ? 0 : right / of;
    extras[`class ${one.name}`] = share;
    sum += share;
    if (of > 0) variance += (share * (1 - share)) / of;
  }
  const value = sum / counts.length;
  const width = (NORMAL_975 * Math.sqrt(variance)) / counts.length;
  const bounds = { lower: Math.max(0, value - width), upper: Math.min(1, value + width) };
  return scored({ value, effect: value, n, trust: "policy", ...bounds, extras }, "labels");
}
