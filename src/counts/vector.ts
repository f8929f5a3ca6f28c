/** Merging summaries is adding their vectors; both must stand on the same layout. unpackInto takes them back. */
export function addInto(into: Float64Array, from: Float64Array): void {
  for (let i = 0; i < from.length; i += 1) into[i] += from[i];
}

/** The sum of the entries from <= i < to; of all of them without. */
export function sumOf(values: Float64Array, from = 0, to = values.length): number {
  let sum = 0;
  for (let i = from; i < to; i += 1) sum += values[i];
  return sum;
}
