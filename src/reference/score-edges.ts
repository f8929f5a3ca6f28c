import { NO_EDGES } from "../counts/score-bands.ts";
import type { ReferenceColumn } from "./reference.ts";

/** The edges between the bands of the score, which stands in the column `score`: the distinct deciles of its grid; none where the model gives no score. */
export function scoreEdges(
  columns: readonly Pick<ReferenceColumn, "name" | "grid">[],
  score: string,
): Float64Array {
  const grid = columns.find(({ name }) => name === score)?.grid;
  return grid === undefined ? NO_EDGES : Float64Array.from(grid.deciles, (position) => grid.edges[position]);
}
