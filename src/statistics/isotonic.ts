/**
 * A rising map from a score to the share of class 1, fitted by pooling adjacent violators (Ayer et al. 1955; Zadrozny and
 * Elkan 2002): straight between its knots, level beyond them.
 */
export interface IsotonicMap {
  /** Of the knots: ascending, distinct. */
  readonly scores: Float64Array;
  /** Of the knots: the share of class 1 in the knot's block, never falling. */
  readonly shares: Float64Array;
  /** Knot -> block of knots that were pooled. */
  readonly blockOf: Int32Array;
  /** Of the blocks: the sampling variance of the share, after half a success and half a failure more, so that it is never 0. */
  readonly variances: Float64Array;
}

/** A place on the map: `1 - fraction` of the way at `knot`, `fraction` at the next. */
interface MapPlace {
  readonly knot: number;
  readonly fraction: number;
}

interface Observed {
  /** Ascending, distinct. */
  readonly scores: Float64Array;
  readonly positives: Float64Array;
  /** Labels at each score, all above 0. */
  readonly totals: Float64Array;
}

interface Block {
  from: number;
  positives: number;
  total: number;
}

/** The weighted least-squares rising fit; empty input gives a map without knots. */
export function fitIsotonic({ scores, positives, totals }: Observed): IsotonicMap {
  const blocks: Block[] = [];
  for (let knot = 0; knot < scores.length; knot += 1) {
    let block: Block = { from: knot, positives: positives[knot], total: totals[knot] };
    let before = blocks.at(-1);
    while (before !== undefined && before.positives * block.total >= block.positives * before.total) {
      block = {
        from: before.from,
        positives: before.positives + block.positives,
        total: before.total + block.total,
      };
      blocks.pop();
      before = blocks.at(-1);
    }
    blocks.push(block);
  }
  const shares = new Float64Array(scores.length);
  const blockOf = new Int32Array(scores.length);
  for (const [position, block] of blocks.entries()) {
    const to = blocks[position + 1]?.from ?? scores.length;
    shares.fill(block.positives / block.total, block.from, to);
    blockOf.fill(position, block.from, to);
  }
  return { scores, shares, blockOf, variances: Float64Array.from(blocks, varianceOf) };
}

/** Where a score stands on a map with at least one knot. */
export function placeOn({ scores }: IsotonicMap, score: number): MapPlace {
  let low = 0;
  let high = scores.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (scores[middle] <= score) low = middle + 1;
    else high = middle;
  }
  const knot = low - 1;
  if (knot < 0) return { knot: 0, fraction: 0 };
  if (knot === scores.length - 1) return { knot, fraction: 0 };
  return { knot, fraction: (score - scores[knot]) / (scores[knot + 1] - scores[knot]) };
}

/** The share of class 1 that the map gives a place. */
export function shareAt({ shares }: IsotonicMap, { knot, fraction }: MapPlace): number {
  return fraction === 0 ? shares[knot] : shares[knot] + fraction * (shares[knot + 1] - shares[knot]);
}

function varianceOf({ positives, total }: Block): number {
  const share = (positives + 0.5) / (total + 1);
  return (share * (1 - share)) / total;
}
