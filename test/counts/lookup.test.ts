import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { buildGrid, nextUp } from "../../src/counts/grid.ts";
import type { Grid } from "../../src/counts/grid.ts";
import { binOf, buildLookup, LONGEST_SCAN } from "../../src/counts/lookup.ts";
import { AWKWARD, naiveBin, samples } from "./awkward.ts";

function gridOf(edges: number[]): Grid {
  const range = { minimum: 0, maximum: 0, low: 0, high: 0 };
  return { edges: Float64Array.from(edges), deciles: new Int32Array(0), ...range };
}

function probes(edges: Float64Array): number[] {
  const around = [...edges].flatMap((edge) => [edge, nextUp(edge), -nextUp(-edge)]);
  return [...around, ...AWKWARD];
}

describe("binOf", () => {
  it("is the number of edges <= x for every double", () => {
    fc.assert(
      fc.property(samples, fc.array(fc.double({ noNaN: true })), (sample, others) => {
        const grid = buildGrid(Float64Array.from(sample));
        const lookup = buildLookup(grid);
        for (const x of [...probes(grid.edges), ...sample.slice(0, 50), ...others]) {
          expect(binOf(lookup, x)).toBe(naiveBin(grid.edges, x));
        }
      }),
    );
  });

  it("stays exact where many edges share a cell", () => {
    const close = Array.from({ length: 100 }, (_, i) => 1 + i * Number.EPSILON);
    const edges = [-1e300, ...close, ...close.map((edge) => edge * 2 ** 400), 1e300];
    const grid = gridOf(edges);
    const lookup = buildLookup(grid);
    const crowded = lookup.starts.some(
      (start, cell) => (lookup.starts[cell + 1] ?? 0) - start > LONGEST_SCAN,
    );
    expect(crowded).toBe(true);
    for (const x of probes(grid.edges)) expect(binOf(lookup, x)).toBe(naiveBin(grid.edges, x));
  });

  it("uses the bits of the number where values span many magnitudes", () => {
    const lookup = buildLookup(gridOf(Array.from({ length: 239 }, (_, i) => 10 ** (i / 4 - 30))));
    expect(lookup.map).toBe("word");
    const linear = buildLookup(gridOf(Array.from({ length: 239 }, (_, i) => i)));
    expect(linear.map).toBe("affine");
  });

  it("knows one bin where there are no edges", () => {
    const lookup = buildLookup(gridOf([]));
    for (const x of AWKWARD) expect(binOf(lookup, x)).toBe(0);
  });
});
