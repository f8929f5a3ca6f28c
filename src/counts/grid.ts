/**
 * A numeric column's frozen bins. bin(x) = number of edges <= x, so bins are right-open, the outer two reach to
 * -Infinity and +Infinity, and -0 equals +0. Edges are distinct type-7 quantiles of the reference; a value that holds more
 * than 1/B of it (an atom) gets the edges v and nextUp(v), and so a bin of its own.
 */
export interface Grid {
  /** Ascending, distinct; bins = edges.length + 1. */
  readonly edges: Float64Array;
  /** Positions in `edges` of the reference's distinct type-7 deciles, ascending: PSI's groups and the directions. */
  readonly deciles: Int32Array;
  /** The reference's least and greatest finite value. */
  readonly minimum: number;
  readonly maximum: number;
  /** The reference's .001 and .999 quantiles (type 7): values outside count as novel. */
  readonly low: number;
  readonly high: number;
}
