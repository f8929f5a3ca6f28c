import { ratioOf, type Outcome, type Ratio } from "./marginal.ts";

/** What a cell of the simulation says of the promise. */
export interface CellVerdict {
  readonly ratios: readonly Ratio[];
  /** `seldom`: windows were judged against too few references for a standard error; `silent`: none was judged. */
  readonly verdict: "holds" | "broken" | "seldom" | "silent";
}

/** With fewer references the jackknife says little. */
export const LEAST_REFERENCES = 20;

/** The promise is broken where the alarm rate over its level, less three standard errors, is above 1. */
export function judgeCell(outcome: Outcome | undefined, levels: readonly number[]): CellVerdict {
  if (outcome === undefined || outcome.judged === 0) return { ratios: [], verdict: "silent" };
  const ratios = levels.map((level, i) => ratioOf(outcome, i, level));
  if (judging(outcome) < LEAST_REFERENCES) return { ratios, verdict: "seldom" };
  const isBroken = ratios.some(({ ratio, error }) => ratio - 3 * error > 1);
  return { ratios, verdict: isBroken ? "broken" : "holds" };
}

/** References against which some window was judged. */
export function judging({ judgedOf }: Outcome): number {
  return judgedOf.filter((judged) => judged > 0).length;
}

/** Most alarms over so many months at a budget of 1 that chance explains (SIGNIFICANCE 8). */
export function mostAlarms(perMonth: readonly number[], budget: number): number {
  const { length } = perMonth;
  const mean = perMonth.reduce((sum, one) => sum + one, 0) / length;
  const variance = perMonth.reduce((sum, one) => sum + (one - mean) ** 2, 0) / (length - 1);
  const spread = budget === 1 ? Math.max(1, mean > 0 ? variance / mean : 1) * length : length * variance;
  return length * budget + 3 * Math.sqrt(spread);
}
