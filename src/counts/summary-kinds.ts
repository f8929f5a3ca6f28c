import { classesLength } from "./classes.ts";
import { classwiseLength } from "./classwise.ts";
import { DELAYS } from "./label-delays.ts";
import { outcomesLength } from "./score-bands.ts";
import { residualsLength, VALUES } from "./values.ts";
import { ARRIVALS, binsLength, categoriesLength, distinctLength, sumsLength } from "./tails.ts";

/**
 * Every summary is a vector of integers (exact in float64 below 2^53), and merging is addition: so any order, split or
 * replay of the same events gives the same bits. A kind's `version` changes whenever the meaning of an integer does.
 */
export const SUMMARY_KINDS = {
  arrivals: { name: "arrivals", version: 1, length: () => ARRIVALS.length },
  bins: { name: "bins", version: 1, length: binsLength },
  /** The bins, and behind them their sums: a section that begins with the one of the bins. */
  sums: { name: "sums", version: 1, length: sumsLength },
  categories: { name: "categories", version: 1, length: categoriesLength },
  /** The categories, and behind them the cells of their different values: a section that begins with that of the categories. */
  distinct: { name: "distinct", version: 1, length: distinctLength },
  /** Labels, by what the model answers with: a probability of class 1 or a decision... */
  outcomes: { name: "outcomes", version: 3, length: outcomesLength },
  /** ... a class of many: whether the decision came true, by its probability, and which class came instead... */
  "top-label": { name: "top-label", version: 1, length: outcomesLength },
  classes: { name: "classes", version: 1, length: classesLength },
  classwise: { name: "classwise", version: 1, length: classwiseLength },
  /** ... a number: its errors, summed up and in bins. */
  values: { name: "values", version: 1, length: () => VALUES.length },
  residuals: { name: "residuals", version: 1, length: residualsLength },
  /** Whether labels came, and how late, whatever they said. */
  delays: { name: "delays", version: 1, length: () => DELAYS.length },
} as const;

export type SummaryKindName = keyof typeof SUMMARY_KINDS;

const LABEL_KINDS: ReadonlySet<SummaryKindName> = new Set([
  "outcomes",
  "top-label",
  "classes",
  "classwise",
  "values",
  "residuals",
  "delays",
]);

/** Whether it counts labels, cohort by cohort, and no events. */
export function countsLabels(kind: SummaryKindName): boolean {
  return LABEL_KINDS.has(kind);
}
