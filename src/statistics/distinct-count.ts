import { sumOf } from "../counts/vector.ts";
import { DISTINCT } from "../event/distinct-cell.ts";

/** How many different values filled the cells: the most likely number, and its standard error. */
export interface DistinctCount {
  readonly value: number;
  readonly error: number;
}

/** Beyond it nearly all cells of the last rank are taken, and say nothing. */
const MOST = DISTINCT.registers * 2 ** DISTINCT.ranks;
const MOST_STEPS = 60;

/**
 * The number of different values behind the cells that begin at `first`, by maximum likelihood: of n values, each cell of rank
 * r is empty with probability exp(-n w), w = 2^-(r + 1) / registers, whatever the values' frequencies. Standard error in
 * simulations: 1.7% for 10 to 100 values, 2.0% for 1,000, 2.7% for 10,000, 2.9% for more.
 * Flajolet, Martin, Probabilistic counting algorithms (1985); the likelihood as in Ertl, New cardinality estimation
 * algorithms for HyperLogLog sketches (2017).
 */
export function countDistinct(section: Float64Array, first: number): DistinctCount {
  const taken = takenByRank(section, first);
  let value = sumOf(taken);
  if (value === 0) return { value: 0, error: 0 };
  // The slope is convex and falls, so steps from below never go past its zero.
  for (let step = 0; step < MOST_STEPS && value < MOST; step += 1) {
    const { slope, information } = likelihoodAt(taken, value);
    const change = slope / information;
    value += change;
    if (Math.abs(change) < 1e-9 * value) break;
  }
  const { information } = likelihoodAt(taken, value);
  // The information counts n as if it were drawn by chance itself.
  return { value: Math.min(MOST, value), error: Math.sqrt(Math.max(0, 1 / information - value)) };
}

function takenByRank(section: Float64Array, first: number): Float64Array {
  const taken = new Float64Array(DISTINCT.ranks);
  for (let rank = 0; rank < DISTINCT.ranks; rank += 1) {
    const from = first + rank * DISTINCT.registers;
    for (let cell = from; cell < from + DISTINCT.registers; cell += 1)
      if (section[cell] > 0) taken[rank] += 1;
  }
  return taken;
}

/** First derivative of the log-likelihood, and the second without its sign. */
function likelihoodAt(taken: Float64Array, n: number): { slope: number; information: number } {
  let slope = 0;
  let information = 0;
  for (let rank = 0; rank < DISTINCT.ranks; rank += 1) {
    // The last rank holds all that lie beyond it, too.
    const w = 2 ** -Math.min(rank + 1, DISTINCT.ranks - 1) / DISTINCT.registers;
    const odds = Math.expm1(n * w);
    const share = taken[rank] / odds;
    slope += w * (share - (DISTINCT.registers - taken[rank]));
    information += w * w * share * (1 + 1 / odds);
  }
  return { slope, information };
}
