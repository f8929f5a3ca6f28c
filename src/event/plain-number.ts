/**
 * A number that came through a float of 32 bits, as the decimal that it was before: 5.1, and not 5.099999904632568. Tensors,
 * parquet and Python's JSON of numpy hold such numbers, a csv of the same data does not: one of the two would stand on the
 * wrong side of an edge at 5.1, or above a declared maximum of 0.1. A number that is no such float is what it is, and so is one
 * that no decimal of up to eight places makes.
 */
export function plainNumber(value: number): number {
  // Whole numbers and all but one in 2^29 of other doubles end here.
  if (Math.fround(value) !== value || value % 1 === 0) return value;
  for (let scale = 10; scale <= MOST_PLACES; scale *= 10) {
    // Both are exact, so that this is the double of that decimal.
    const plain = Math.round(value * scale) / scale;
    if (Math.fround(plain) === value) return plain;
  }
  return value;
}

const MOST_PLACES = 1e8;

/** A number that is written in so many characters is a plain decimal already. */
export const LONGEST_PLAIN = 9;
