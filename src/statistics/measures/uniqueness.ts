import { categoriesLength } from "../../counts/tails.ts";
import { sumOf } from "../../counts/vector.ts";
import { countDistinct } from "../distinct-count.ts";
import { NO_REFERENCE, noData, scored } from "../measure.ts";
import type { Measure } from "../measure.ts";
import type { Score } from "../score.ts";
import { NORMAL_975 } from "../wilson.ts";

/** How much of a column repeats depends on the size of the window, so its reference has no number to hold it against. */
export const uniqueness: Measure = {
  name: "uniqueness",
  title: "Share of different values",
  from: ["distinct"],
  signal: "policy",
  unit: "ratio",
  shownByDefault: false,
  formula:
    "different values / values; extras.distinct is their number, the most likely one given which of 512 registers by 20 ranks of a keyless SipHash-2-4 they left empty. " +
    "Its standard error is 2% for up to a thousand values and 3% for more: lower and upper are 95% bounds. Values that the reference does not know count like any other; " +
    "those of pii columns are hashed under the secret key first. A daemon counts it of categories; `driftd score` takes it of every column, of numbers by their bits, and of booleans exactly.",
  calm: "as in other windows with as many values: more values repeat more",
  source:
    "Flajolet, Martin, Probabilistic counting (1985); Ertl, New cardinality estimation algorithms for HyperLogLog sketches (2017).",
  score(ref, window) {
    if (ref === undefined) return NO_REFERENCE;
    if (ref.kind !== "categories") return { status: "undefined", reason: "not a category column", n: 0 };
    return uniquenessOfCells(window.subarray(categoriesLength(ref.categories)));
  },
};

/** Of any column's values by their cells: a cell's count is how many fell into it, so together they are all of them. */
export function uniquenessOfCells(cells: Float64Array): Score {
  const n = sumOf(cells);
  if (n === 0) return noData("no values");
  const { value, error } = countDistinct(cells, 0);
  const share = (distinct: number): number => Math.min(1, Math.max(0, distinct) / n);
  const found = share(value);
  return scored(
    {
      value: found,
      effect: found,
      n,
      lower: share(value - NORMAL_975 * error),
      upper: share(value + NORMAL_975 * error),
      extras: { distinct: Math.min(n, value) },
    },
    "values",
  );
}
