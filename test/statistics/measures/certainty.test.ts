import { describe, expect, it } from "vitest";
import { buildGrid } from "../../../src/counts/grid.ts";
import { confidence } from "../../../src/statistics/measures/confidence.ts";
import { entropy } from "../../../src/statistics/measures/entropy.ts";
import { mulberry32 } from "../../oracles/sample.ts";
import { binsRef, binsSection } from "../series.ts";

const u = mulberry32(3);
const usual = Array.from({ length: 5_000 }, () => u() ** 2);
const unsure = Array.from({ length: 2_000 }, () => 0.25 + u() / 2);
const ref = binsRef(buildGrid(Float64Array.from(usual)), usual);

const mean = (values: readonly number[], of: (p: number) => number): number =>
  values.reduce((sum, p) => sum + of(p), 0) / values.length;

const bits = (p: number): number => -p * Math.log2(p) - (1 - p) * Math.log2(1 - p);

describe.each([
  [confidence, (p: number): number => Math.max(p, 1 - p)],
  [entropy, bits],
] as const)("$name", (measure, of) => {
  it("agrees with the mean over rows, which lies within its bounds", () => {
    for (const values of [usual, unsure]) {
      const {
        value = 0,
        lower = 1,
        upper = 0,
        effect,
        extras,
      } = measure.score(ref, binsSection(ref.grid, values));
      const exact = mean(values, of);
      expect(Math.abs(value - exact)).toBeLessThan(0.002);
      expect(lower <= exact && exact <= upper).toBe(true);
      expect(effect).toBeCloseTo(Math.abs(value - (extras?.["reference"] ?? 0)), 12);
    }
  });

  it("is unmoved where classes change places, as confidence is", () => {
    const mirrored = usual.map((p) => 1 - p);
    const both = [...usual, ...mirrored];
    const even = binsRef(buildGrid(Float64Array.from(both)), both);
    const { effect } = measure.score(even, binsSection(even.grid, mirrored));
    expect(effect).toBeLessThan(0.001);
  });

  it("is undefined of scores that are no probabilities", () => {
    const logits = usual.map((p) => 4 * p - 2);
    const odd = binsRef(buildGrid(Float64Array.from(logits)), logits);
    expect(measure.score(odd, binsSection(odd.grid, logits))).toMatchObject({
      status: "undefined",
      reason: "the score is no probability",
    });
  });
});

it("knows of certainty and of ignorance", () => {
  const certain = binsRef(buildGrid(Float64Array.from([0, 1, 1])), [0, 1, 1]);
  const knowing = binsSection(certain.grid, [0, 1]);
  expect(confidence.score(certain, knowing).value).toBe(1);
  expect(entropy.score(certain, knowing).value).toBe(0);
  const half = binsRef(buildGrid(Float64Array.from([0.5, 0.5])), [0.5]);
  expect(entropy.score(half, binsSection(half.grid, [0.5])).value).toBe(1);
});
