import { describe, expect, it } from "vitest";
import { brierParts } from "../../../src/statistics/brier-parts.ts";
import { accuracy } from "../../../src/statistics/measures/accuracy.ts";
import { brier } from "../../../src/statistics/measures/brier.ts";
import { eceMass } from "../../../src/statistics/measures/ece-mass.ts";
import { hosmerLemeshow } from "../../../src/statistics/measures/hosmer-lemeshow.ts";
import { reliabilityOf, reliabilityTable } from "../../../src/statistics/reliability.ts";
import { wilsonInterval } from "../../../src/statistics/wilson.ts";
import { readOracle } from "../../oracles/sample.ts";
import { sectionOf } from "../labels.ts";

interface Case {
  readonly id: string;
  readonly p: readonly number[];
  readonly y: readonly (0 | 1)[];
  readonly expect: {
    readonly mass10: {
      readonly ece: number;
      readonly null_mean: number;
      readonly hl: number;
      readonly hl_groups: number;
      readonly hl_p_dof_g: number | null;
    };
    readonly brier: number;
    readonly brier_parts_width10: {
      readonly reliability: number;
      readonly resolution: number;
      readonly uncertainty: number;
      readonly within_bin_variance: number;
      readonly within_bin_covariance: number;
    };
    readonly tp: number;
    readonly fp: number;
    readonly fn: number;
    readonly tn: number;
  };
}

const { cases } = readOracle<{ cases: readonly Case[] }>("calibration");

function labelsOf({ p, y }: Case) {
  return p.map((score, i) => ({ score, truth: y[i] }));
}

/** Edges that part the sorted scores into ten groups of one size; undefined where equal scores would have to be parted. */
function massEdges({ p }: Case): Float64Array | undefined {
  const sorted = [...p].sort((a, b) => a - b);
  const starts = Array.from({ length: 9 }, (_, k) => Math.floor(((k + 1) * p.length) / 10));
  if (p.length < 10 || starts.some((start) => sorted[start] === sorted[start - 1])) return undefined;
  return Float64Array.from(starts, (start) => sorted[start]);
}

describe("the Brier score's parts", () => {
  it.each(cases)("of $id are the oracle's, and add up", (oracle) => {
    const section = sectionOf(new Float64Array(0), labelsOf(oracle));
    const parts = brierParts(reliabilityOf(section, 10));
    const expected = oracle.expect.brier_parts_width10;
    expect(parts.reliability).toBeCloseTo(expected.reliability, 8);
    expect(parts.resolution).toBeCloseTo(expected.resolution, 8);
    expect(parts.uncertainty).toBeCloseTo(expected.uncertainty, 8);
    expect(parts.withinVariance).toBeCloseTo(expected.within_bin_variance, 8);
    expect(parts.withinCovariance).toBeCloseTo(expected.within_bin_covariance, 8);
    const { value, extras = {} } = brier.score(undefined, section);
    const { reliability, resolution, uncertainty, withinVariance, withinCovariance } = extras;
    expect(reliability - resolution + uncertainty + withinVariance - withinCovariance).toBeCloseTo(
      value ?? Number.NaN,
      8,
    );
    expect(value).toBeCloseTo(oracle.expect.brier, 8);
  });
});

const parted = cases.flatMap((oracle) => {
  const edges = massEdges(oracle);
  return edges === undefined ? [] : [{ ...oracle, edges }];
});

describe("groups of equal mass", () => {
  it("are tried on real and made cases", () => {
    expect(parted.length).toBeGreaterThan(7);
  });

  it.each(parted)("$id: calibration error and Hosmer-Lemeshow are the oracle's", (oracle) => {
    const { mass10 } = oracle.expect;
    const section = sectionOf(oracle.edges, labelsOf(oracle));
    const error = eceMass.score(undefined, section);
    expect(error.value).toBeCloseTo(mass10.ece, 8);
    expect(error.extras?.["nullMean"]).toBeCloseTo(mass10.null_mean, 8);
    const { value = Number.NaN, extras = {} } = hosmerLemeshow.score(undefined, section);
    expect(Math.abs(value / mass10.hl - 1)).toBeLessThan(1e-5);
    expect(extras["df"]).toBe(mass10.hl_groups);
    expect(extras["pPerfect"]).toBeCloseTo(mass10.hl_p_dof_g ?? Number.NaN, 6);
  });
});

describe("hosmer-lemeshow", () => {
  it("is undefined where every score is sure", () => {
    const section = sectionOf(Float64Array.of(0.5), [
      { score: 0, truth: 0 },
      { score: 1, truth: 1 },
    ]);
    expect(hosmerLemeshow.score(undefined, section)).toMatchObject({ status: "undefined", n: 2 });
  });
});

describe("accuracy", () => {
  it.each(cases)("of $id comes with the confusion matrix", (oracle) => {
    const { tp, fp, fn, tn } = oracle.expect;
    const { extras } = accuracy.score(undefined, sectionOf(new Float64Array(0), labelsOf(oracle)));
    expect(extras).toEqual({ truePositives: tp, falsePositives: fp, falseNegatives: fn, trueNegatives: tn });
  });
});

describe("a reliability table", () => {
  it("shows the groups that hold labels, each with its interval", () => {
    const labels = [0.01, 0.05, 0.5, 1].flatMap((score) => [0, 1, 1].map((truth) => ({ score, truth })));
    const table = reliabilityTable(sectionOf(new Float64Array(0), labels));
    expect(table.map(({ from, to, n }) => [from * 15, to * 15, n])).toEqual([
      [0, 1, 6],
      [7, 8, 3],
      [14, 15, 3],
    ]);
    expect(table[0].score).toBeCloseTo(0.03, 8);
    expect(table[0]).toMatchObject({ share: 4 / 6, ...wilsonInterval(4, 6) });
  });

  it("of nothing is empty", () => {
    expect(reliabilityTable(sectionOf(new Float64Array(0), []))).toEqual([]);
  });
});
