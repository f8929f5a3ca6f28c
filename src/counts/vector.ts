/** Merging summaries is adding their vectors; both must stand on the same layout. */
export function addInto(into: Float64Array, from: Float64Array): void {
  for (let i = 0; i < from.length; i += 1) into[i] += from[i];
}

/** The inverse of addInto: exact, since counts are integers below 2^53. */
export function subtractFrom(into: Float64Array, from: Float64Array): void {
  for (let i = 0; i < from.length; i += 1) into[i] -= from[i];
}
