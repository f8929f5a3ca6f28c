import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { contrastsOf } from "../../src/statistics/contrasts.ts";
import { calibrationGap } from "../../src/statistics/measures/calibration-gap.ts";
import { prepareResiduals } from "../../src/statistics/residuals.ts";
import { mulberry32 } from "../oracles/sample.ts";
import { sectionOf } from "./labels.ts";

interface Label {
  readonly score: number;
  readonly truth: number;
}

/** Scores spread evenly, which come true as `truth` says. */
function draw(rows: number, seed: number, truth: (p: number) => number): Label[] {
  const u = mulberry32(seed);
  return Array.from({ length: rows }, () => {
    const score = u();
    return { score, truth: Number(u() < truth(score)) };
  });
}

const DECILES = Float64Array.from({ length: 9 }, (_, k) => (k + 1) / 10);
const REFERENCE = draw(20_000, 1, (p) => p);

function contrast(window: readonly Label[], reference = REFERENCE) {
  return contrastsOf(prepareResiduals(sectionOf(DECILES, reference)), sectionOf(DECILES, window));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, one) => sum + one, 0) / values.length;
}

describe("contrasts", () => {
  it("are what the definition says, from the labels themselves", () => {
    const window = draw(3_000, 2, (p) => p ** 2);
    const scores = REFERENCE.map(({ score }) => score);
    const middle = mean(scores);
    const deviation = Math.sqrt(mean(scores.map((score) => (score - middle) ** 2)));
    const tilt = ({ score, truth }: Label): number => ((truth - score) * (score - middle)) / deviation;
    const residual = ({ score, truth }: Label): number => truth - score;
    const found = contrast(window);
    expect(found.map(({ kind }) => kind)).toEqual([...Array<string>(10).fill("band"), "overall", "slope"]);
    const inBand = (labels: readonly Label[], band: number): Label[] =>
      labels.filter(({ score }) => DECILES.filter((edge) => score >= edge).length === band);
    for (let band = 0; band < 10; band += 1) {
      const [own, usual] = [inBand(window, band), inBand(REFERENCE, band)];
      const difference = mean(own.map(residual)) - mean(usual.map(residual));
      expect(found[band].difference).toBeCloseTo(difference, 6);
      expect(found[band]).toMatchObject({ from: band, to: band + 1, m: own.length, n: usual.length });
      const square = difference ** 2 / mean(usual.map((label) => residual(label) ** 2));
      expect(found[band].square).toBeLessThanOrEqual(square * (1 + 1e-6));
      expect(found[band].square).toBeGreaterThan(square * 0.5);
    }
    const slope = mean(window.map(tilt)) - mean(REFERENCE.map(tilt));
    expect(found[10].difference).toBeCloseTo(mean(window.map(residual)) - mean(REFERENCE.map(residual)), 6);
    expect(found[11].difference).toBeCloseTo(slope, 6);
    const square = slope ** 2 / mean(REFERENCE.map((label) => tilt(label) ** 2));
    expect(found[11].square).toBeCloseTo(square, 4);
  });

  it("shorten a slope towards its long tail only", () => {
    const rare = (rows: number, seed: number, more: number): Label[] =>
      draw(rows, seed, (p) => p).map(({ score, truth }, i) => ({
        score: score * 0.1,
        truth: Number((i % 10 === 0 && truth === 1) || (i % 100 < more && score > 0.8)),
      }));
    const reference = rare(20_000, 5, 0);
    const squareOf = (more: number) => {
      const ruler = prepareResiduals(sectionOf(DECILES, reference));
      const found = contrastsOf(ruler, sectionOf(DECILES, rare(2_000, 6, more))).find(
        ({ kind }) => kind === "slope",
      );
      const { difference = 0, square = 0 } = found ?? {};
      return { difference, left: square / (difference ** 2 / ruler.squares[ruler.bands.size + 1]) };
    };
    const up = squareOf(20);
    expect(up.difference).toBeGreaterThan(0);
    expect(up.left).toBeLessThan(0.95);
    expect(up.left).toBeGreaterThan(0.4);
    const down = contrast(
      draw(2_000, 7, () => 0).map(({ score }) => ({ score: score * 0.1, truth: 0 })),
      reference,
    ).find(({ kind }) => kind === "slope");
    expect(down?.difference).toBeLessThan(0);
  });

  it("merge bands until each holds enough", () => {
    const window = draw(230, 3, (p) => p);
    const bands = contrast(window).filter(({ kind }) => kind === "band");
    expect(bands.length).toBeGreaterThan(1);
    expect(bands.length).toBeLessThan(6);
    expect(bands[0].from).toBe(0);
    expect(bands.at(-1)?.to).toBe(10);
    for (const [i, { from, to, m }] of bands.entries()) {
      expect(from).toBe(bands[i - 1]?.to ?? 0);
      expect(m).toBeGreaterThanOrEqual(50);
      const labels = window.filter(({ score }) => score >= from / 10 && score < to / 10);
      expect(labels.reduce((sum, { score }) => sum + score * (1 - score), 0)).toBeGreaterThan(9.99);
    }
  });

  it("are none where the scores foretell too few labels of one kind", () => {
    const sure = Array.from({ length: 500 }, () => ({ score: 0.01, truth: 0 }));
    expect(contrast(sure)).toEqual([]);
    const score = calibrationGap.score(undefined, sectionOf(DECILES, sure), {
      outcomes: sectionOf(DECILES, REFERENCE),
    });
    expect(score).toMatchObject({ status: "too-few", n: 500 });
  });

  it("know no slope where all scores are the same, and no bands of one", () => {
    const same = Array.from({ length: 1_000 }, (_, i) => ({ score: 0.5, truth: i % 2 }));
    const kinds = contrast(same, same).map(({ kind, difference }) => [kind, difference]);
    expect(kinds).toEqual([["overall", 0]]);
  });
});

describe("calibration-gap", () => {
  const outcomes = sectionOf(DECILES, REFERENCE);

  it("is the largest difference, and 0 for the reference itself", () => {
    const window = draw(3_000, 2, (p) => p ** 2);
    const { value, effect, n, extras, status } = calibrationGap.score(undefined, sectionOf(DECILES, window), {
      outcomes,
    });
    const largest = Math.max(...contrast(window).map(({ difference }) => Math.abs(difference)));
    expect({ value, effect, n, status }).toEqual({ value: largest, effect: largest, n: 3_000, status: "ok" });
    expect(extras?.["overall"]).toBeLessThan(-0.1);
    expect(calibrationGap.score(undefined, outcomes, { outcomes }).value).toBeCloseTo(0, 12);
  });

  it("has no value without labels, without a reference, or with one of other bands", () => {
    const window = sectionOf(
      DECILES,
      draw(300, 4, (p) => p),
    );
    const score = (section: Float64Array, reference?: Float64Array) =>
      calibrationGap.score(undefined, section, reference === undefined ? {} : { outcomes: reference }).status;
    expect(score(sectionOf(DECILES, []), outcomes)).toBe("no-data");
    expect(score(window)).toBe("no-reference");
    expect(score(window, sectionOf(DECILES.subarray(2), REFERENCE))).toBe("no-reference");
    expect(
      score(
        sectionOf(
          DECILES,
          draw(199, 4, (p) => p),
        ),
        outcomes,
      ),
    ).toBe("too-few");
  });

  it("is sound whatever the labels", () => {
    const label = fc.record({
      score: fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(0, 0.1, 0.5, 1)),
      truth: fc.integer({ min: 0, max: 1 }),
    });
    const labels = fc.array(label, { minLength: 200, maxLength: 600, size: "max" });
    const property = fc.property(labels, labels, (reference, window) => {
      const score = calibrationGap.score(undefined, sectionOf(DECILES, window), {
        outcomes: sectionOf(DECILES, reference),
      });
      const numbers = [score.value ?? 0, score.effect ?? 0, ...Object.values(score.extras ?? {})];
      return numbers.every(Number.isFinite) && (score.value ?? 0) <= 1;
    });
    expect(() => fc.assert(property, { numRuns: 30 })).not.toThrow();
  });
});
