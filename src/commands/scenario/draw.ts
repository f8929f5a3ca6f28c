import type { Distribution } from "./distribution.ts";
import type { Random } from "./random.ts";

/** With fewer rows than this for every outcome, rows are drawn one by one; else outcomes, each with its binomial. */
const ROWS_PER_OUTCOME = 6;

/** Walker's alias method: an outcome in two look-ups, whatever the probabilities. */
interface AliasTable {
  readonly threshold: Float64Array;
  readonly alias: Int32Array;
}

const tables = new WeakMap<Distribution, AliasTable>();

/** Draws so many rows, and adds what they are to the section that begins at `offset`. */
export function drawRows(
  random: Random,
  distribution: Distribution,
  { rows, into, offset }: { readonly rows: number; readonly into: Float64Array; readonly offset: number },
): void {
  const { probabilities, additions } = distribution;
  const outcomes = probabilities.length;
  if (outcomes === 0 || rows <= 0) return;
  const add = (outcome: number, count: number): void => {
    const { slots, amounts } = additions[outcome];
    for (let i = 0; i < slots.length; i += 1) into[offset + slots[i]] += count * amounts[i];
  };
  if (rows >= outcomes * ROWS_PER_OUTCOME) {
    splitRows(random, probabilities, rows, add);
    return;
  }
  const { threshold, alias } = tableOf(distribution);
  for (let row = 0; row < rows; row += 1) {
    const place = random.uniform() * outcomes;
    const outcome = Math.floor(place);
    add(place - outcome < threshold[outcome] ? outcome : alias[outcome], 1);
  }
}

/** A multinomial, as one binomial after the other. Probabilities add up to 1; what is left by rounding is the last one's. */
export function splitRows(
  random: Random,
  probabilities: ArrayLike<number>,
  rows: number,
  take: (outcome: number, count: number) => void,
): void {
  let left = rows;
  let share = 1;
  for (let outcome = 0; outcome < probabilities.length && left > 0; outcome += 1) {
    const probability = probabilities[outcome];
    const isLast = outcome === probabilities.length - 1;
    const count = isLast ? left : random.binomial(left, Math.min(1, probability / share));
    if (count > 0) take(outcome, count);
    left -= count;
    share = Math.max(Number.MIN_VALUE, share - probability);
  }
}

function tableOf(distribution: Distribution): AliasTable {
  const known = tables.get(distribution);
  if (known !== undefined) return known;
  const { probabilities } = distribution;
  const count = probabilities.length;
  const threshold = Float64Array.from(probabilities, (probability) => probability * count);
  const alias = Int32Array.from(probabilities, (_, outcome) => outcome);
  const small: number[] = [];
  const large: number[] = [];
  for (const [outcome, scaled] of threshold.entries()) (scaled < 1 ? small : large).push(outcome);
  for (let low = small.pop(), high = large.at(-1); low !== undefined && high !== undefined;) {
    alias[low] = high;
    threshold[high] -= 1 - threshold[low];
    if (threshold[high] < 1) small.push(large.pop() ?? high);
    low = small.pop();
    high = large.at(-1);
  }
  // What is left over is there by rounding alone.
  for (const outcome of [...small, ...large]) threshold[outcome] = 1;
  const table = { threshold, alias };
  tables.set(distribution, table);
  return table;
}
