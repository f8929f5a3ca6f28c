import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fitIsotonic, placeOn, shareAt } from "../../src/statistics/isotonic.ts";
import type { IsotonicMap } from "../../src/statistics/isotonic.ts";

interface Labels {
  readonly total: number;
  readonly positives: number;
}

const labels: fc.Arbitrary<readonly Labels[]> = fc.array(
  fc
    .integer({ min: 1, max: 40 })
    .chain((total) =>
      fc.record({ total: fc.constant(total), positives: fc.integer({ min: 0, max: total }) }),
    ),
  { minLength: 1, maxLength: 30 },
);

function fit(known: readonly Labels[]): IsotonicMap {
  return fitIsotonic({
    scores: Float64Array.from(known, (_, knot) => (knot + 1) / 40),
    positives: Float64Array.from(known, ({ positives }) => positives),
    totals: Float64Array.from(known, ({ total }) => total),
  });
}

/** The share of the labels from one knot to another. */
function shareOf(known: readonly Labels[], from: number, to: number): number {
  const span = known.slice(from, to + 1);
  const sum = (of: (one: Labels) => number): number => span.reduce((all, one) => all + of(one), 0);
  return sum(({ positives }) => positives) / sum(({ total }) => total);
}

const knots = (known: readonly Labels[]): number[] => [...known.keys()];

describe("an isotonic map", () => {
  it("is the max-min of the shares of all spans, as least squares want it", () => {
    const isLeastSquares = (known: readonly Labels[]): boolean => {
      const { shares } = fit(known);
      return knots(known).every((knot) => {
        const from = knots(known).filter((start) => start <= knot);
        const to = knots(known).filter((stop) => stop >= knot);
        const best = Math.max(
          ...from.map((start) => Math.min(...to.map((stop) => shareOf(known, start, stop)))),
        );
        return Math.abs(shares[knot] - best) < 1e-12;
      });
    };
    expect(() => fc.assert(fc.property(labels, isLeastSquares))).not.toThrow();
  });

  it("never falls, keeps the number of labels of class 1, and is never certain", () => {
    const isSound = (known: readonly Labels[]): boolean => {
      const { shares, variances } = fit(known);
      const rises = shares.every((share, knot) => knot === 0 || share >= shares[knot - 1]);
      const expected = known.reduce((sum, { total }, knot) => sum + total * shares[knot], 0);
      const counted = known.reduce((sum, { positives }) => sum + positives, 0);
      return rises && Math.abs(expected - counted) < 1e-9 && variances.every((variance) => variance > 0);
    };
    expect(() => fc.assert(fc.property(labels, isSound))).not.toThrow();
  });

  it("is straight between its knots and level beyond them", () => {
    const map = fit([
      { total: 10, positives: 1 },
      { total: 10, positives: 3 },
    ]);
    const at = (score: number): number => shareAt(map, placeOn(map, score));
    expect([at(0), at(1 / 40), at(2 / 40), at(1)]).toEqual([0.1, 0.1, 0.3, 0.3]);
    expect(at(1.5 / 40)).toBeCloseTo(0.2, 12);
  });
});
