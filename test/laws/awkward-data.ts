import { DELAYS, delaySlot } from "../../src/counts/label-delays.ts";
import { buildGrid } from "../../src/counts/grid.ts";
import { addOutcome, OUTCOMES } from "../../src/counts/outcomes.ts";
import type { SeriesRef } from "../../src/counts/ref.ts";
import type { SummaryKindName } from "../../src/counts/summary-kinds.ts";
import { classesLength, confusionSlot } from "../../src/counts/classes.ts";
import { addClasswise, classwiseLength } from "../../src/counts/classwise.ts";
import type { ClassesRuler } from "../../src/counts/outcome-ruler.ts";
import { NO_EDGES } from "../../src/counts/score-bands.ts";
import { valuesRuler } from "../../src/counts/values.ts";
import type { ValueOutcome } from "../../src/counts/values.ts";
import { ARRIVALS, binsLength } from "../../src/counts/tails.ts";
import { valueSections } from "../statistics/labels.ts";
import {
  categoriesRef,
  categoriesSection,
  distinctSection,
  sumsRef,
  sumsSection,
} from "../statistics/series.ts";

/** What one awkward data set is to a summary kind: a reference of it, and itself as a window, whole and in two halves. */
export interface Awkward {
  readonly name: string;
  readonly ref: SeriesRef;
  /** Counts a data set of the same kind on this one's reference. */
  readonly count: (other: string) => {
    readonly whole: Float64Array;
    readonly halves: readonly Float64Array[];
  };
}

const many = <T>(length: number, make: (k: number) => T): T[] => Array.from({ length }, (_, k) => make(k));

/** Numbers that break careless binning; null is missing. */
const NUMBERS: Readonly<Record<string, readonly (number | null)[]>> = {
  nothing: [],
  "one value": [7],
  "two values": many(300, (k) => k % 2),
  "a constant": many(300, () => 3.25),
  "ties of a few values": many(500, (k) => (k * k) % 7),
  "all null": many(200, () => null),
  "all NaN": many(200, () => Number.NaN),
  "nulls among values": many(400, (k) => (k % 3 === 0 ? null : k)),
  "minus zero and zero": many(300, (k) => (k % 2 === 0 ? -0 : 0)),
  "up to 1e308": many(400, (k) => (k - 200) * 5e305),
  "infinite ones": many(300, (k) => [Infinity, -Infinity, k][k % 3]),
  "integers beyond 2^53": many(300, (k) => 2 ** 53 + 2 * k),
  subnormal: many(300, (k) => (k - 150) * 5e-324),
  "next to each other": many(300, (k) => 1 + k * Number.EPSILON),
  "zero-inflated": many(600, (k) => (k % 20 === 0 ? k / 7 : 0)),
  "heavy tails": many(600, (k) => 1 / ((k + 1) / 601) ** 3),
  "an outlier": [...many(300, (k) => k / 300), 1e15],
  "a thousand values": many(1_000, (k) => (k * 7_919) % 1_009),
};

/** Codes of up to 60 categories; -1 is missing, 99 was never seen. */
const CODES: Readonly<Record<string, readonly number[]>> = {
  nothing: [],
  "one value": [0],
  "one category": many(300, () => 0),
  "two categories": many(300, (k) => k % 2),
  "sixty categories": many(1_200, (k) => (k * k) % 60),
  "all missing": many(200, () => -1),
  "all unseen": many(200, () => 99),
  "some of each": many(400, (k) => [0, 1, -1, 99, 7][k % 5]),
};
const KNOWN = 60;

/** Scores, truths and decisions. */
const LABELS: Readonly<
  Record<string, readonly (readonly [score: number, truth: number, decision: number])[]>
> = {
  nothing: [],
  "one label": [[0.3, 1, 1]],
  "only positives": many(400, (k) => [k / 400, 1, 1]),
  "only negatives": many(400, (k) => [k / 400, 0, 0]),
  "scores of 0 and 1": many(400, (k) => [k % 2, k % 2, k % 2]),
  "one score": many(400, (k) => [0.5, k % 2, Number.NaN]),
  "no scores": many(400, (k) => [Number.NaN, k % 2, (k + 1) % 2]),
  "scores beyond": many(400, (k) => [k % 2 === 0 ? -1 : 2, k % 2, Number.NaN]),
  "three classes": many(400, (k) => [Number.NaN, k % 3, (k * k) % 3]),
  calibrated: many(2_000, (k) => [(k % 100) / 100, Number((k * 37) % 100 < k % 100), Number.NaN]),
};

const ARRIVED: Readonly<Record<string, readonly number[]>> = {
  nothing: [0, 0, 0, 0],
  "one row": [1, 0, 0, 0],
  "only faulty": [500, 500, 0, 0],
  "only invalid": [0, 0, 500, 0],
  "only undecodable": [0, 0, 0, 500],
};

const halvesOf = <T>(values: readonly T[]): (readonly T[])[] => {
  const middle = values.length >> 1;
  return [values.slice(0, middle), values.slice(middle)];
};

function dataSets<T>(
  sets: Readonly<Record<string, readonly T[]>>,
  rulerOf: (reference: readonly T[]) => {
    readonly ref: SeriesRef;
    readonly section: (values: readonly T[]) => Float64Array;
  },
): Awkward[] {
  return Object.entries(sets).map(([name, reference]) => {
    const { ref, section } = rulerOf(reference);
    const counted = new Map<string, ReturnType<Awkward["count"]>>();
    const count = (other: string): ReturnType<Awkward["count"]> => {
      const values = sets[other];
      const known = counted.get(other) ?? { whole: section(values), halves: halvesOf(values).map(section) };
      counted.set(other, known);
      return known;
    };
    return { name, ref, count };
  });
}

function numberRuler(reference: readonly (number | null)[]) {
  const finite = reference.filter((x) => x !== null && !Number.isNaN(x));
  const grid = buildGrid(Float64Array.from(finite, Number));
  return {
    ref: sumsRef(grid, reference),
    section: (values: readonly (number | null)[]) => sumsSection(grid, values),
  };
}

function codeSection(codes: readonly number[]): Float64Array {
  const counts = many(KNOWN, (code) => codes.filter((one) => one === code).length);
  const unseen = codes.filter((code) => code >= KNOWN).length;
  return categoriesSection(counts, { unseen, missing: codes.filter((code) => code < 0).length });
}

function labelSection(labels: readonly (readonly [number, number, number])[]): Float64Array {
  const section = new Float64Array(OUTCOMES.length);
  for (const [score, truth, decision] of labels) addOutcome(section, 0, { score, truth, decision }, 1);
  return section;
}

/** The halves of counts need not be whole numbers of rows: only their sum counts. */
function arrivalSection(counts: readonly number[]): Float64Array {
  return Float64Array.from({ length: ARRIVALS.length }, (_, slot) => counts[slot] ?? 0);
}

const plain = categoriesRef([1]);

/** What came, and what was decided for; a class of no name is none that is known. */
const CLASSES: Readonly<Record<string, readonly (readonly [truth: number, decision: number])[]>> = {
  nothing: [],
  "one label": [[1, 1]],
  "only one class": many(300, () => [0, 0]),
  "always another one": many(300, (k) => [k % 3, (k + 1) % 3]),
  "none that is known": many(300, () => [3, 3]),
  "three classes": many(400, (k) => [k % 3, (k * k) % 3]),
};
/** Of three classes. */
export const CLASS_RULER: ClassesRuler = {
  kind: "classes",
  edges: NO_EDGES,
  classes: ["a", "b", "c"],
  isClasswise: true,
};

function confusionSection(labels: readonly (readonly [number, number])[]): Float64Array {
  const section = new Float64Array(classesLength(3));
  for (const [truth, decision] of labels) section[confusionSlot(3, truth, decision)] += 1;
  return section;
}

/** What came, and the probabilities of three classes. */
const GIVEN: Readonly<Record<string, readonly (readonly [truth: number, ...given: number[]])[]>> = {
  nothing: [],
  "one label": [[1, 0.2, 0.7, 0.1]],
  "sure and right": many(300, (k) => [k % 3, Number(k % 3 === 0), Number(k % 3 === 1), Number(k % 3 === 2)]),
  "sure and wrong": many(300, (k) => [k % 3, 0, Number(k % 3 === 0), Number(k % 3 !== 0)]),
  "nothing for any": many(300, (k) => [k % 3, 0, 0, 0]),
  "of unknown classes": many(300, () => [3, 0.3, 0.3, 0.3]),
  "as usual": many(900, (k) => [k % 3, 0.5, 0.25, 0.25]),
};

function classwiseSection(labels: readonly (readonly [truth: number, ...given: number[]])[]): Float64Array {
  const section = new Float64Array(classwiseLength(3));
  for (const [truth, ...given] of labels) {
    addClasswise(section, 0, { probabilities: Float64Array.from(given), truth, sign: 1 });
  }
  return section;
}

/** Answers and truths. */
const ERRORS: Readonly<Record<string, readonly ValueOutcome[]>> = {
  nothing: [],
  "one label": [{ value: 3, truth: 1 }],
  "no error": many(300, (k) => ({ value: k, truth: k })),
  "an error of one size": many(300, (k) => ({ value: k + 1, truth: k })),
  "no numbers": many(300, (k) => ({ value: Number.NaN, truth: k })),
  "some of them huge": many(300, (k) => ({ value: k % 7 === 0 ? 1e308 : k, truth: k % 5 })),
  "infinite ones": many(300, (k) => ({
    value: k % 7 === 0 ? Infinity : k,
    truth: k % 5 === 0 ? Infinity : 0,
  })),
  subnormal: many(300, (k) => ({ value: k * 5e-324, truth: 0 })),
  "as usual": many(1_000, (k) => ({ value: ((k * 37) % 100) / 50, truth: 1 })),
};

/** What the errors of whichever labels are counted on. */
export const ERROR_RULER = valuesRuler(
  1,
  buildGrid(Float64Array.from(ERRORS["as usual"], ({ value, truth }) => value - truth)),
);

const errorsOf = (kind: "values" | "residuals"): Awkward[] =>
  dataSets(ERRORS, () => ({
    ref: plain,
    section: (labels: readonly ValueOutcome[]) => valueSections(ERROR_RULER, labels)[kind],
  }));

/** Delays of labels, ms; NaN where none came. */
const DELAYED: Readonly<Record<string, readonly number[]>> = {
  nothing: [],
  "no label": many(300, () => Number.NaN),
  "one label": [1_000],
  "at once": many(300, () => 0),
  "before the prediction": many(300, () => -5_000),
  "after years": many(300, () => 1e12),
  "never and at once": many(300, (k) => (k % 2 === 0 ? Number.NaN : Infinity)),
  "as usual": many(1_000, (k) => k * 3_600),
};

/** The section that counts a prediction for each of them. */
export function delaySection(delays: readonly number[]): Float64Array {
  const section = new Float64Array(DELAYS.length);
  for (const delay of delays) {
    section[DELAYS.predicted] += 1;
    if (!Number.isNaN(delay)) section[delaySlot(delay)] += 1;
  }
  return section;
}

/** Texts of which few, or none, are told apart. */
const TEXTS: Readonly<Record<string, readonly string[]>> = {
  nothing: [],
  "one value": ["a"],
  "one text": many(300, () => "a"),
  "all different": many(2_000, (k) => `id-${k}`),
  "every other a new one": many(600, (k) => (k % 2 === 0 ? "a" : `id-${k}`)),
};

/** By kind: a kind without data sets does not compile. */
export const DATA_SETS: Readonly<Record<SummaryKindName, readonly Awkward[]>> = {
  sums: dataSets(NUMBERS, numberRuler),
  bins: dataSets(NUMBERS, (reference) => {
    const { ref, section } = numberRuler(reference);
    const length = ref.kind === "bins" ? binsLength(ref.grid) : 0;
    return { ref, section: (values) => section(values).subarray(0, length) };
  }),
  categories: dataSets(CODES, (reference) => {
    const own = codeSection(reference);
    const ref = categoriesRef([...own.subarray(0, KNOWN)]);
    return { ref: { ...ref, counts: own, total: ref.total + own[KNOWN] }, section: codeSection };
  }),
  distinct: dataSets(TEXTS, () => ({
    ref: categoriesRef([1, 1, 1]),
    section: (values) => distinctSection(3, values),
  })),
  "top-label": dataSets(LABELS, () => ({ ref: plain, section: labelSection })),
  classes: dataSets(CLASSES, () => ({ ref: plain, section: confusionSection })),
  classwise: dataSets(GIVEN, () => ({ ref: plain, section: classwiseSection })),
  values: errorsOf("values"),
  residuals: errorsOf("residuals"),
  delays: dataSets(DELAYED, () => ({ ref: plain, section: delaySection })),
  outcomes: dataSets(LABELS, () => ({ ref: plain, section: labelSection })),
  arrivals: Object.entries(ARRIVED).map(([name]) => ({
    name,
    ref: plain,
    count: (other) => {
      const whole = arrivalSection(ARRIVED[other]);
      const half = whole.map((count) => Math.floor(count / 2));
      return { whole, halves: [half, whole.map((count, slot) => count - half[slot])] };
    },
  })),
};
