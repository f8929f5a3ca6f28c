import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { buildGrid } from "../../src/counts/grid.ts";
import { ARRIVALS } from "../../src/counts/tails.ts";
import { addOutcome } from "../../src/counts/outcomes.ts";
import { addToBand, bandStart, outcomesLength } from "../../src/counts/score-bands.ts";
import type { SeriesRef } from "../../src/counts/ref.ts";
import { countsLabels } from "../../src/counts/summary-kinds.ts";
import type { SummaryKindName } from "../../src/counts/summary-kinds.ts";
import { addInto } from "../../src/counts/vector.ts";
import { calibrate } from "../../src/reference/calibration.ts";
import { countDirections, directionsOf } from "../../src/statistics/directions.ts";
import type { Measure, MeasureContext } from "../../src/statistics/measure.ts";
import { MEASURES } from "../../src/statistics/measures.ts";
import type { Score } from "../../src/statistics/score.ts";
import { prepareSeries } from "../../src/verdict/prepared-series.ts";
import { explainSignificance, isSignificant } from "../../src/verdict/significance.ts";
import { AWKWARD, samples } from "../counts/awkward.ts";
import { sectionOf } from "../statistics/labels.ts";
import {
  binsRef,
  binsSection,
  categoriesRef,
  categoriesSection,
  distinctSection,
  ownSection,
  sumsRef,
  sumsSection,
} from "../statistics/series.ts";
import { CLASSES, classwises, confusions } from "./class-labels.ts";
import { errorWindows, ERRORS } from "./value-labels.ts";
import { delaySection } from "./awkward-data.ts";

/** Between the bands of the score. */
const EDGES = Float64Array.of(0.1, 0.5, 0.8);

/** Labels as often true as their scores say, of a reference. */
const LABELS = sectionOf(
  EDGES,
  Array.from({ length: 600 }, (_, row) => {
    const score = (row % 200) / 200;
    return { score, truth: Number((row * 7) % 11 < 11 * score) };
  }),
);

const CONTEXT = { expectedRows: 1_000, newestEvent: 0, now: 1_000, outcomes: LABELS };

/** Labels are held against the reference's of their own kind. */
function contextOf(kind: SummaryKindName): MeasureContext {
  if (kind === "classes" || kind === "classwise") return { classes: CLASSES };
  if (kind !== "values" && kind !== "residuals") return CONTEXT;
  return { outcomes: ERRORS[kind], values: ERRORS.ruler };
}

interface Pair {
  readonly ref: SeriesRef;
  readonly windows: readonly Float64Array[];
}

/** A reference and three windows of numbers, some of them null or NaN. */
const numbers: fc.Arbitrary<Pair> = fc
  .tuple(samples, fc.array(samples, { minLength: 3, maxLength: 3 }), fc.integer({ min: 0, max: 5 }))
  .map(([reference, windows, nulls]) => {
    const grid = buildGrid(Float64Array.from(reference));
    const odd = [...Array<null>(nulls).fill(null), Number.NaN];
    return {
      ref: binsRef(grid, [...reference, ...odd]),
      windows: windows.map((values) => binsSection(grid, [...values, ...odd])),
    };
  });

/** The same with sums, which need values that a double can hold the distance of. */
const sums: fc.Arbitrary<Pair> = fc
  .tuple(samples, fc.array(samples, { minLength: 3, maxLength: 3 }), fc.integer({ min: 0, max: 5 }))
  .map(([reference, windows, nulls]) => {
    const near = reference.filter((x) => Math.abs(x) < 1e290 || Math.abs(x) === Number.POSITIVE_INFINITY);
    const grid = buildGrid(Float64Array.from(near));
    const odd = [...Array<null>(nulls).fill(null), Number.NaN];
    return {
      ref: sumsRef(grid, [...near, ...odd]),
      windows: windows.map((values) => sumsSection(grid, [...values, ...odd])),
    };
  });

const categories: fc.Arbitrary<Pair> = fc
  .integer({ min: 1, max: 60 })
  .chain((known) => {
    const count = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 1_000_000 }));
    const counts = fc.array(count, { minLength: known, maxLength: known });
    const tail = fc.record({ unseen: count, missing: count });
    const section = fc.tuple(counts, tail);
    return fc.tuple(section, fc.array(section, { minLength: 3, maxLength: 3 }));
  })
  .map(([[counts, tail], windows]) => ({
    ref: categoriesRef(counts, tail),
    windows: windows.map(([window, tailOf]) => categoriesSection(window, tailOf)),
  }));

/** Values by which cells they fall into: some of the known categories, some never seen. */
const distinct: fc.Arbitrary<Pair> = fc
  .array(fc.array(fc.integer({ min: 0, max: 700 }), { maxLength: 500 }), { minLength: 3, maxLength: 3 })
  .map((windows) => ({
    ref: categoriesRef([1, 2, 3]),
    windows: windows.map((values) => distinctSection(3, values.map(String))),
  }));

const outcome = fc.record({
  score: fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(0, 0.5, 1, -1, Number.NaN)),
  truth: fc.integer({ min: 0, max: 2 }),
  decision: fc.constantFrom(0, 1, 2, Number.NaN),
});

const outcomes: fc.Arbitrary<Pair> = fc
  .array(fc.array(outcome, { maxLength: 400 }), { minLength: 3, maxLength: 3 })
  .map((windows) => ({
    ref: categoriesRef([1]),
    windows: windows.map((labels) => {
      const section = new Float64Array(LENGTHS.outcomes);
      for (const label of labels) {
        addOutcome(section, 0, label, 1);
        addToBand(section, bandStart(0), { edges: EDGES, outcome: label, sign: 1 });
      }
      return section;
    }),
  }));

const errorPairs = (kind: "values" | "residuals"): fc.Arbitrary<Pair> =>
  errorWindows.map((windows) => ({
    ref: categoriesRef([1]),
    windows: windows.map((window) => window[kind]),
  }));

const arrivals: fc.Arbitrary<Pair> = fc
  .array(fc.array(fc.nat(10_000), { minLength: 4, maxLength: 4 }), { minLength: 3, maxLength: 3 })
  .map((windows) => ({
    ref: categoriesRef([1]),
    windows: windows.map(([measured, faulty, invalid, undecodable]) =>
      Float64Array.of(measured + faulty, faulty, invalid, undecodable),
    ),
  }));

const delays: fc.Arbitrary<Pair> = fc
  .array(fc.array(fc.double({ min: -1e6, max: 1e12 }), { maxLength: 300 }), { minLength: 3, maxLength: 3 })
  .map((windows) => ({ ref: categoriesRef([1]), windows: windows.map(delaySection) }));

const KINDS = {
  bins: numbers,
  sums,
  categories,
  distinct,
  outcomes,
  "top-label": outcomes,
  classes: confusions.map((windows) => ({ ref: categoriesRef([1]), windows })),
  classwise: classwises.map((windows) => ({ ref: categoriesRef([1]), windows })),
  values: errorPairs("values"),
  residuals: errorPairs("residuals"),
  delays,
  arrivals,
};
const LENGTHS = { outcomes: outcomesLength(EDGES), arrivals: ARRIVALS.length };

const pairs = MEASURES.flatMap((measure) =>
  measure.from.map((kind) => [measure.name, kind, measure] as const),
);

function sum(...sections: readonly Float64Array[]): Float64Array {
  const total = new Float64Array(sections[0].length);
  for (const section of sections) addInto(total, section);
  return total;
}

/** What must hold of every score: numbers are numbers, statuses say why there are none. */
function isSound(score: Score): boolean {
  const numbersOf = [
    score.value,
    score.effect,
    score.lower,
    score.upper,
    ...Object.values(score.extras ?? {}),
  ];
  const finite = numbersOf.every((one) => one === undefined || Number.isFinite(one));
  const explained = score.status === "ok" || (score.reason ?? "") !== "";
  const valued = score.status !== "ok" || (score.value !== undefined && score.effect !== undefined);
  const ordered = (score.lower ?? -Infinity) <= (score.upper ?? Infinity) + 1e-12;
  return finite && explained && valued && ordered && score.n >= 0 && (score.effect ?? 0) >= 0;
}

describe.each(pairs)("%s of %s", (_name, kind, measure: Measure) => {
  const property = (check: (pair: Pair) => boolean): void =>
    fc.assert(fc.property(KINDS[kind], check), { numRuns: 40 });
  const score = (ref: SeriesRef, window: Float64Array): Score => measure.score(ref, window, contextOf(kind));

  it("is sound whatever comes", () => {
    expect(() =>
      property(({ ref, windows }) => windows.every((window) => isSound(score(ref, window)))),
    ).not.toThrow();
  });

  it("does not depend on the order or grouping of panes, to the last bit", () => {
    const same = ({ ref, windows: [a, b, c] }: Pair): boolean => {
      const whole = JSON.stringify(score(ref, sum(a, b, c)));
      return [sum(c, a, b), sum(sum(b, c), a)].every((other) => JSON.stringify(score(ref, other)) === whole);
    };
    expect(() => property(same)).not.toThrow();
  });

  it("is unmoved by an empty pane", () => {
    const same = ({ ref, windows: [a] }: Pair): boolean =>
      JSON.stringify(score(ref, sum(a, new Float64Array(a.length)))) === JSON.stringify(score(ref, a));
    expect(() => property(same)).not.toThrow();
  });
});

describe.each(pairs.filter(([, kind]) => kind === "bins" || kind === "sums" || kind === "categories"))(
  "%s of %s against itself",
  (_name, kind, measure: Measure) => {
    it("is calm", () => {
      const calm = ({ ref }: Pair): boolean => (measure.score(ref, ownSection(ref)).effect ?? 0) <= 1e-12;
      expect(() => fc.assert(fc.property(KINDS[kind], calm), { numRuns: 40 })).not.toThrow();
    });

    it("is the same to the last bit, whichever measure counted the groups", () => {
      const same = ({ ref, windows: [window] }: Pair): boolean => {
        const shared = {};
        for (const other of MEASURES) {
          if (other.from.includes(kind)) other.score(ref, window, { ...CONTEXT, shared });
        }
        const score = measure.score(ref, window, { ...CONTEXT, shared });
        return JSON.stringify(score) === JSON.stringify(measure.score(ref, window, CONTEXT));
      };
      expect(() => fc.assert(fc.property(KINDS[kind], same), { numRuns: 20 })).not.toThrow();
    });

    it("has no value in an empty window, nor without a reference", () => {
      const silent = ({ ref }: Pair): boolean => {
        const empty = measure.score(ref, new Float64Array(ownSection(ref).length));
        const alone = measure.score(undefined, ref.counts);
        return empty.value === undefined && empty.n === 0 && alone.status === "no-reference";
      };
      expect(() => fc.assert(fc.property(KINDS[kind], silent), { numRuns: 20 })).not.toThrow();
    });
  },
);

const alone = MEASURES.filter(({ name, from }) => from.some(countsLabels) || name === "invalid");

it.each(alone.map((measure) => [measure.name, measure] as const))(
  "%s of nothing has no value",
  (_, measure) => {
    const [kind] = measure.from;
    const [pair] = fc.sample<Pair>(KINDS[kind], 1);
    const nothing = new Float64Array(pair.windows[0].length);
    const score = measure.score(undefined, nothing, contextOf(kind));
    expect(score).toMatchObject({ status: "no-data", n: 0 });
    expect(score).not.toHaveProperty("value");
  },
);

describe("significance", () => {
  it("finds the reference calm against itself, and bare p in [0, 1] for everything else", () => {
    const holds = ({ ref, windows }: Pair): boolean =>
      (["distribution", "missing", "novel"] as const).every((signal) => {
        const directions = directionsOf(ref, signal);
        const counts = new Float64Array(directions.size);
        const rows = Float64Array.of(countDirections(directions, ref.counts, counts));
        const calibration = calibrate({
          signal,
          windowSize: 1,
          directions: directions.size,
          rows,
          counts,
          independent: true,
        });
        const series = prepareSeries({ ref, signal, calibration, alpha: 1e-3 });
        if (isSignificant(series, ref.counts)) return false;
        return [ref.counts, ...windows].every((window) => {
          const { p = 1, status, n } = explainSignificance(series, window);
          if (isSignificant(series, window) !== (status === "ok" && p <= 1e-3)) return false;
          return p >= 0 && p <= 1 && n >= 0;
        });
      });
    expect(() => fc.assert(fc.property(fc.oneof(numbers, categories), holds), { numRuns: 60 })).not.toThrow();
  });

  it("counts a direction's side as the definition says", () => {
    const grid = buildGrid(Float64Array.from([...AWKWARD, ...AWKWARD.map((x) => x / 3), 7, 8, 9]));
    const values = [...AWKWARD, 7.5, 8.5];
    const ref = binsRef(grid, values);
    const directions = directionsOf(ref, "distribution");
    const counts = new Float64Array(directions.size);
    expect(countDirections(directions, ref.counts, counts)).toBe(values.length);
    const expected = directions.labels.map((label) => {
      const edge = Number(label.split(" ").at(-1));
      return values.filter((x) => (label.startsWith("above") ? x > edge : x >= edge)).length;
    });
    expect([...counts]).toEqual(expected);
    expect(directions.size).toBeGreaterThan(5);
  });
});
