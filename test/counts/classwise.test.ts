import { describe, expect, it } from "vitest";
import {
  addClasswise,
  CLASSWISE,
  classwiseLength,
  keptFields,
  keptProbability,
  packProbabilities,
  unpackProbabilities,
} from "../../src/counts/classwise.ts";
import type { ClassesRuler } from "../../src/counts/outcome-ruler.ts";
import { classwiseEce } from "../../src/statistics/measures/classwise-ece.ts";
import { classwiseLogloss } from "../../src/statistics/measures/classwise-logloss.ts";
import { mulberry32 } from "../oracles/sample.ts";

const RULER: ClassesRuler = {
  kind: "classes",
  edges: new Float64Array(0),
  classes: ["a", "b", "c", "d"],
  isClasswise: true,
};

interface Given {
  readonly probabilities: Float64Array;
  readonly truth: number;
}

/** Probabilities of four classes that come as often as they say. */
function labels(seed: number, length: number): Given[] {
  const u = mulberry32(seed);
  return Array.from({ length }, () => {
    const weights = [u() ** 2, u() ** 2, u() ** 2, u() ** 2];
    const total = weights.reduce((sum, one) => sum + one, 0);
    let rest = u() * total;
    const truth = weights.findIndex((weight) => (rest -= weight) < 0);
    return { probabilities: Float64Array.from(weights, (weight) => keptProbability(weight / total)), truth };
  });
}

function count(given: Iterable<Given>, sign: 1 | -1 = 1, section = new Float64Array(classwiseLength(4))) {
  for (const label of given) addClasswise(section, 0, { ...label, sign });
  return section;
}

describe("probabilities of all classes", () => {
  it("come back as they were kept, three to a number", () => {
    const u = mulberry32(9);
    for (const classes of [1, 2, 3, 4, 32]) {
      const given = Float64Array.from({ length: classes }, () => u());
      given[0] = 1;
      const found = new Float64Array(classes);
      for (let field = 0; field < keptFields(classes); field += 1) {
        const packed = packProbabilities(given, field);
        expect(Number.isSafeInteger(packed)).toBe(true);
        unpackProbabilities(packed, field, found);
      }
      expect(found).toEqual(given.map(keptProbability));
      expect(Math.max(...found.map((p, one) => Math.abs(p - given[one])))).toBeLessThan(2 ** -16);
    }
    expect(keptFields(100)).toBe(11);
    expect([Number.NaN, -1, 2, 0].map(keptProbability)).toEqual([0, 0, 0, 0]);
  });

  it("are as calibrated as their bins by hand", () => {
    const given = labels(1, 3_000);
    const section = count(given);
    const score = classwiseEce.score(undefined, section, { classes: RULER });
    let gap = 0;
    for (let one = 0; one < 4; one += 1) {
      const gaps = new Float64Array(15);
      for (const { probabilities, truth } of given) {
        const p = probabilities[one];
        gaps[Math.min(14, Math.floor(15 * p))] += p - Number(truth === one);
      }
      gap += gaps.reduce((sum, each) => sum + Math.abs(each), 0);
    }
    expect(score.value).toBeCloseTo(gap / 3_000 / 4, 8);
    expect(score.value).toBeLessThan(1.5 * (score.extras?.["nullMean"] ?? 0));
    expect(score.extras?.["class a"]).toBeGreaterThan(0);
    expect(score.n).toBe(3_000);
  });

  it("lose what scikit-learn's example of log_loss loses", () => {
    const example = [
      [0, 0.1, 0.9],
      [1, 0.9, 0.1],
      [1, 0.8, 0.2],
      [0, 0.35, 0.65],
    ] as const;
    // Class "spam" stands first here.
    const section = count(
      example.map(([truth, ham, spam]) => ({ truth, probabilities: Float64Array.of(spam, ham, 0, 0) })),
    );
    expect(classwiseLogloss.score(undefined, section).value).toBeCloseTo(0.21616, 5);
  });

  it("give a class without a row of its own what the others leave, and never nothing", () => {
    const probabilities = Float64Array.of(0.5, 0.25, 0, 0);
    expect(count([{ probabilities, truth: 7 }])[CLASSWISE.logLoss] / 2 ** 30).toBeCloseTo(Math.log(4), 8);
    expect(count([{ probabilities, truth: 2 }])[CLASSWISE.logLoss] / 2 ** 30).toBeCloseTo(
      Math.log(131_070),
      6,
    );
  });

  it("are taken back exactly", () => {
    const given = labels(2, 1_000);
    expect(count(given.slice(0, 400), -1, count(given))).toEqual(count(given.slice(400)));
    expect(count(given).every(Number.isInteger)).toBe(true);
  });
});
