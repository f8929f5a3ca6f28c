import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { buildGrid } from "../../src/counts/grid.ts";
import { pack, unpackInto } from "../../src/counts/packed.ts";
import { addInto } from "../../src/counts/vector.ts";
import { ks } from "../../src/statistics/measures/ks.ts";
import { mean } from "../../src/statistics/measures/mean.ts";
import { median } from "../../src/statistics/measures/median.ts";
import { sd } from "../../src/statistics/measures/sd.ts";
import { wasserstein } from "../../src/statistics/measures/wasserstein.ts";
import { MEASURES } from "../../src/statistics/measures.ts";
import type { Score } from "../../src/statistics/score.ts";
import { quantile } from "../../src/counts/quantile.ts";
import { AWKWARD_COLUMNS } from "../counts/columns.ts";
import { exactDistance, exactKs, exactMoments } from "../statistics/exact.ts";
import { ownSection, sumsRef, sumsSection } from "../statistics/series.ts";

const numeric = MEASURES.filter(({ from }) => from.includes("bins") || from.includes("sums"));

function isNumber(cell: number | null): cell is number {
  return cell !== null;
}

/** Whether the score's bounds hold the exact number, but for the rounding of numbers of that size. */
function holds({ lower = -Infinity, upper = Infinity }: Score, exact: number, size: number): boolean {
  const slack = 1e-9 * Math.abs(exact) + 1e-13 * size;
  return lower <= exact + slack && upper >= exact - slack;
}

describe.each(AWKWARD_COLUMNS)("a column: $name", ({ draw }) => {
  const cells = draw(3_000, 1);
  const grid = buildGrid(Float64Array.from(cells.filter(isNumber)));
  const ref = sumsRef(grid, cells);

  it.each(numeric.map((measure) => [measure.name, measure] as const))(
    "%s is calm of itself",
    (_, measure) => {
      const own = measure.score(ref, ownSection(ref));
      expect(own.effect ?? 0).toBeLessThanOrEqual(1e-12);
      expect(own.status === "ok" || (own.reason ?? "") !== "").toBe(true);
    },
  );

  it.each(numeric.map((measure) => [measure.name, measure] as const))(
    "%s has finite numbers",
    (_, measure) => {
      for (const window of [draw(500, 2), [1e300, -1e300, 5e-324], [Number.NaN, null, -0]]) {
        const { value, effect, lower, upper, extras } = measure.score(ref, sumsSection(grid, window));
        for (const one of [value, effect, lower, upper, ...Object.values(extras ?? {})]) {
          expect(one === undefined || Number.isFinite(one)).toBe(true);
        }
      }
    },
  );

  it("adds up: in any order, and taken back to the bit", () => {
    const parts = [draw(300, 3), draw(200, 4), [1e5, -7, null]];
    const whole = sumsSection(grid, parts.flat());
    const added = new Float64Array(whole.length);
    const sections = parts.map((part) => sumsSection(grid, part));
    for (const section of sections.toReversed()) addInto(added, section);
    expect(added).toEqual(whole);
    unpackInto(pack(sections[2]), added, -1);
    unpackInto(pack(sections[0]), added, -1);
    expect(added).toEqual(sections[1]);
  });

  it("has the exact numbers between its bounds, whatever moved", () => {
    const reference = Float64Array.from(cells.filter(isNumber));
    if (reference.length === 0) return;
    const change = fc.record({
      seed: fc.integer({ min: 5, max: 1_000 }),
      n: fc.integer({ min: 1, max: 400 }),
      factor: fc.constantFrom(1, 1, 0.5, 3, -1, 1_000),
      shift: fc.constantFrom(0, 0, 1, -1e-3, 1e4),
    });
    const contains = ({
      seed,
      n,
      factor,
      shift,
    }: typeof change extends fc.Arbitrary<infer T> ? T : never): boolean => {
      const window = Float64Array.from(draw(n, seed).filter(isNumber), (x) => factor * x + shift);
      if (window.length === 0) return true;
      const section = sumsSection(grid, window);
      const moments = exactMoments(window);
      const size = [...reference, ...window].reduce((most, x) => Math.max(most, Math.abs(x)), 0);
      return (
        holds(wasserstein.score(ref, section), exactDistance(reference, window), size) &&
        holds(mean.score(ref, section), moments.mean, size) &&
        holds(sd.score(ref, section), moments.sd, size) &&
        holds(median.score(ref, section), quantile(window.slice().sort(), 0.5), size) &&
        holds(ks.score(ref, section), exactKs(reference, window), 1)
      );
    };
    expect(() => fc.assert(fc.property(change, contains), { numRuns: 30 })).not.toThrow();
  });

  it("is c apart from itself where every value moved by c", () => {
    const reference = Float64Array.from(cells.filter(isNumber));
    if (reference.length === 0) return;
    const size = reference.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
    for (const by of [size / 3, -size / 7, 2 * size]) {
      // What a double can hold of the shift at these numbers.
      const moved = reference.map((x) => x + by);
      const exact = exactDistance(reference, moved);
      const score = wasserstein.score(ref, sumsSection(grid, moved));
      expect(holds(score, exact, size)).toBe(true);
      expect(Math.abs(exact - Math.abs(by))).toBeLessThanOrEqual(1e-6 * size + 1e-300);
    }
  });
});
