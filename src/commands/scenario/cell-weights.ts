import { createRandom } from "./random.ts";

/** Cells of which each weighs base * exp(spread * normal) in a pane: its share is its part of all weights. */
export interface CellWeights {
  readonly bases: Float64Array;
  readonly spreads: Float64Array;
}

const DRAWS = 256;
const ROUNDS = 12;
const LARGEST_SPREAD = 3;

/**
 * The weights by which every cell has its share on the whole, and varies as it should, as far as the cells between them can: what one
 * wins another loses. Both are found by trying, with the same draws in every round and each beside its opposite.
 */
export function fitWeights(
  cells: readonly { readonly share: number; readonly variance: number }[],
): CellWeights {
  const random = createRandom(1);
  const normals = Float64Array.from({ length: DRAWS * cells.length }, () => random.normal());
  const bases = Float64Array.from(cells, ({ share }) => share);
  const spreads = Float64Array.from(cells, ({ share, variance }) =>
    Math.min(LARGEST_SPREAD, Math.sqrt(Math.max(0, variance)) / Math.max(share * (1 - share), 1e-9)),
  );
  for (let round = 0; round < ROUNDS; round += 1) {
    const { means, variances } = momentsOf({ bases, spreads }, normals);
    for (const [cell, { share, variance }] of cells.entries()) {
      if (means[cell] > 0) bases[cell] *= share / means[cell];
      if (!(variances[cell] > 0)) continue;
      const factor = Math.min(2, Math.max(0.5, Math.sqrt(Math.max(0, variance) / variances[cell])));
      spreads[cell] = Math.min(LARGEST_SPREAD, spreads[cell] * factor);
    }
  }
  return { bases, spreads };
}

/** What the cells weigh at these normals, relative to all of them. */
export function weigh(
  { bases, spreads }: CellWeights,
  normalOf: (cell: number) => number,
  into: Float64Array,
): void {
  let total = 0;
  for (let cell = 0; cell < bases.length; cell += 1) {
    into[cell] = bases[cell] * Math.exp(spreads[cell] * normalOf(cell));
    total += into[cell];
  }
  for (let cell = 0; cell < bases.length; cell += 1) into[cell] /= total;
}

function momentsOf(
  weights: CellWeights,
  normals: Float64Array,
): { means: Float64Array; variances: Float64Array } {
  const { length } = weights.bases;
  const means = new Float64Array(length);
  const variances = new Float64Array(length);
  const shares = new Float64Array(length);
  for (let draw = 0; draw < 2 * DRAWS; draw += 1) {
    const sign = draw % 2 === 0 ? 1 : -1;
    const from = (draw >> 1) * length;
    weigh(weights, (cell) => sign * normals[from + cell], shares);
    for (let cell = 0; cell < length; cell += 1) {
      means[cell] += shares[cell] / (2 * DRAWS);
      variances[cell] += shares[cell] ** 2 / (2 * DRAWS);
    }
  }
  return { means, variances: variances.map((square, cell) => square - means[cell] ** 2) };
}
