/** Finds the bin of a value on a grid without a binary search: exact for every double (STATISTICS 1.1). */
export interface Lookup {
  /** bin(x) = number of edges <= x. x must not be NaN. */
  bin(x: number): number;
}
