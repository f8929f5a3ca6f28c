import { describe, expect, it } from "vitest";
import { addLabel, labelledCount, rulerLength } from "../../../src/counts/outcome-ruler.ts";
import type { ClassesRuler, Label } from "../../../src/counts/outcome-ruler.ts";
import { buildOutcomeLayout } from "../../../src/counts/outcome-layout.ts";
import { outcomesLength } from "../../../src/counts/score-bands.ts";
import { confusionMatrix } from "../../../src/statistics/class-shares.ts";
import { accuracy } from "../../../src/statistics/measures/accuracy.ts";
import { brier } from "../../../src/statistics/measures/brier.ts";
import { ece } from "../../../src/statistics/measures/ece.ts";
import { macroF1 } from "../../../src/statistics/measures/macro-f1.ts";
import { macroPrecision } from "../../../src/statistics/measures/macro-precision.ts";
import { macroRecall } from "../../../src/statistics/measures/macro-recall.ts";
import { mulberry32, readOracle } from "../../oracles/sample.ts";

const RULER: ClassesRuler = {
  kind: "classes",
  edges: Float64Array.of(0.5, 0.7),
  classes: ["cat", "dog", "owl"],
  isClasswise: false,
};

function count(
  labels: Iterable<Label>,
  ruler = RULER,
  sign: 1 | -1 = 1,
  vector = new Float64Array(rulerLength(ruler)),
) {
  for (const label of labels) addLabel(vector, 0, { ruler, label, sign });
  return vector;
}

function sectionsOf(vector: Float64Array, ruler = RULER) {
  const [top, classes] = buildOutcomeLayout({ cohort: 1, ruler }).sections;
  const cut = ({ offset, length }: typeof top) => vector.subarray(offset, offset + length);
  return { top: cut(top), classes: cut(classes) };
}

/** Answers of three classes, the decision right as often as it says, or `less` often. */
function labels(seed: number, length: number, less = 0): Label[] {
  const u = mulberry32(seed);
  return Array.from({ length }, () => {
    const answer = 0.4 + 0.6 * u();
    const decision = Math.floor(3 * u());
    const isRight = u() < answer - less;
    return { answer, decision, truth: isRight ? decision : (decision + 1 + Math.floor(2 * u())) % 3 };
  });
}

describe("decisions between many classes", () => {
  it("have the macro scores of scikit-learn's own example", () => {
    const truths = [0, 1, 2, 0, 1, 2];
    const decisions = [0, 2, 1, 0, 0, 1];
    const many = truths.map((truth, i) => ({ answer: 0.6, truth, decision: decisions[i] }));
    const { classes } = sectionsOf(count(many));
    const context = { classes: RULER };
    expect(macroPrecision.score(undefined, classes, context).value).toBeCloseTo(2 / 9, 12);
    expect(macroRecall.score(undefined, classes, context).value).toBeCloseTo(1 / 3, 12);
    expect(macroF1.score(undefined, classes, context).value).toBeCloseTo(4 / 15, 12);
    expect(macroF1.score(undefined, classes, context).extras).toEqual({
      "class cat": 0.8,
      "class dog": 0,
      "class owl": 0,
    });
    expect(confusionMatrix(classes, RULER.classes)).toEqual({
      classes: ["cat", "dog", "owl", "(other)"],
      counts: [
        [2, 0, 0, 0],
        [1, 0, 1, 0],
        [0, 2, 0, 0],
        [0, 0, 0, 0],
      ],
    });
  });

  it("are calibrated where they come true as often as they say", () => {
    const right = sectionsOf(count(labels(1, 6_000))).top;
    const calm = ece.score(undefined, right, { classes: RULER });
    expect(calm.value).toBeLessThan(2 * (calm.extras?.["nullMean"] ?? 0));
    const less = sectionsOf(count(labels(2, 6_000, 0.2))).top;
    expect(ece.score(undefined, less).value).toBeCloseTo(0.2, 1);
    expect(brier.score(undefined, right).value).toBeCloseTo(
      brier.score(undefined, right).extras?.["calibrated"] ?? 0,
      1,
    );
    expect(accuracy.score(undefined, right, { classes: RULER })).toMatchObject({ n: 6_000, extras: {} });
  });

  it("count what the reference does not know as others, which are right only by name", () => {
    const vector = count([
      { answer: 0.9, decision: 3, truth: 3 },
      { answer: 0.9, decision: 3, truth: 0 },
      { answer: 0.9, decision: 0, truth: 3 },
      { answer: 0.9, decision: 0, truth: 0 },
      { answer: Number.NaN, decision: 1, truth: 1 },
      { answer: 0.9, decision: Number.NaN, truth: 1 },
    ]);
    const { top, classes } = sectionsOf(vector);
    // Nobody knows of the first whether it is right; the last decided nothing.
    expect(accuracy.score(undefined, top).n).toBe(4);
    expect(accuracy.score(undefined, top).value).toBe(0.5);
    expect(ece.score(undefined, top).n).toBe(3);
    expect(confusionMatrix(classes, RULER.classes).counts).toEqual([
      [1, 0, 0, 1],
      [0, 1, 0, 0],
      [0, 0, 0, 0],
      [1, 0, 0, 0],
    ]);
    expect(labelledCount(RULER, vector)).toBe(6);
  });

  it("are taken back exactly when a truth is revised", () => {
    const all = labels(3, 2_000);
    const revised = count(all.slice(0, 1_000), RULER, -1, count(all));
    expect(revised).toEqual(count(all.slice(1_000)));
  });

  it("tell 32 classes apart, and no more", () => {
    const classes = Array.from({ length: 40 }, (_, code) => `c${code}`);
    const ruler = { ...RULER, classes };
    const many = Array.from({ length: 4_000 }, (_, k) => ({ answer: 0.5, decision: k % 40, truth: k % 40 }));
    const sections = sectionsOf(count(many, ruler), ruler);
    expect(sections.classes.length).toBe(33 ** 2);
    expect(sections.classes[33 ** 2 - 1]).toBe(800);
    expect(accuracy.score(undefined, sections.top).value).toBe(1);
    expect(macroRecall.score(undefined, sections.classes, { classes: ruler }).value).toBe(1);
  });
});

interface Case {
  readonly id: string;
  readonly p: readonly number[];
  readonly y: readonly (0 | 1)[];
  readonly expect: { readonly accuracy: number; readonly f1: number | null };
}

const { cases } = readOracle<{ cases: readonly Case[] }>("calibration");

describe.each(cases)("$id as a decision between two classes", ({ p, y, expect: expected }) => {
  const ruler: ClassesRuler = {
    kind: "classes",
    edges: new Float64Array(0),
    classes: ["0", "1"],
    isClasswise: false,
  };
  const vector = count(
    p.map((one, i) => ({ answer: Math.max(one, 1 - one), decision: Number(one >= 0.5), truth: y[i] })),
    ruler,
  );
  const { top, classes } = sectionsOf(vector, ruler);

  it("is as right as scikit-learn has it, and as calibrated as its bins by hand", () => {
    expect(top.length).toBe(outcomesLength(ruler.edges));
    expect(accuracy.score(undefined, top).value).toBeCloseTo(expected.accuracy, 12);
    const f1 = macroF1.score(undefined, classes, { classes: ruler }).extras?.["class 1"];
    expect(f1 ?? 0).toBeCloseTo(expected.f1 ?? 0, 12);
    const gaps = new Float64Array(15);
    for (const [i, one] of p.entries()) {
      const top1 = Math.max(one, 1 - one);
      gaps[Math.min(14, Math.floor(15 * top1))] += top1 - Number(Number(one >= 0.5) === y[i]);
    }
    const byHand = gaps.reduce((sum, gap) => sum + Math.abs(gap), 0) / p.length;
    expect(ece.score(undefined, top).value).toBeCloseTo(byHand, 8);
  });
});
