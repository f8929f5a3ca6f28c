/** What measures of bins approach, computed from all values by sorting them. Values are finite. */

/** The area between the two distribution functions. */
export function exactDistance(reference: Float64Array, window: Float64Array): number {
  let area = 0;
  walkSteps(reference, window, (difference, width) => {
    area += Math.abs(difference) * width;
  });
  return area;
}

/** The greatest distance of the two distribution functions. */
export function exactKs(reference: Float64Array, window: Float64Array): number {
  let greatest = 0;
  walkSteps(reference, window, (difference) => {
    greatest = Math.max(greatest, Math.abs(difference));
  });
  return greatest;
}

/** Calls `visit` with F - G between every two neighbouring values, and how far these are apart. */
function walkSteps(
  reference: Float64Array,
  window: Float64Array,
  visit: (difference: number, width: number) => void,
): void {
  const [x, y] = [reference.slice().sort(), window.slice().sort()];
  const places = Float64Array.from(new Set([...x, ...y])).sort();
  let below = 0;
  let belowWindow = 0;
  for (const [position, place] of places.entries()) {
    while (below < x.length && x[below] <= place) below += 1;
    while (belowWindow < y.length && y[belowWindow] <= place) belowWindow += 1;
    const next = places[position + 1] ?? place;
    visit(below / x.length - belowWindow / y.length, next - place);
  }
}

/** Mean and standard deviation (ddof 0), both relative to the first value and in its digits. */
export function exactMoments(values: Float64Array): { mean: number; sd: number } {
  const [first] = values;
  const scale = values.reduce((most, x) => Math.max(most, Math.abs(x - first)), 0) || 1;
  const places = values.map((x) => (x - first) / scale);
  const mean = places.reduce((sum, x) => sum + x, 0) / values.length;
  const squares = places.reduce((sum, x) => sum + (x - mean) ** 2, 0);
  return { mean: first + mean * scale, sd: Math.sqrt(squares / values.length) * scale };
}
