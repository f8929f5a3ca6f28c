import { describe, expect, it } from "vitest";
import { buildGrid } from "../../src/counts/grid.ts";
import type { SeriesRef } from "../../src/counts/ref.ts";
import type { Rule } from "../../src/rules/model.ts";
import type { Calibration } from "../../src/statistics/calibration.ts";
import { countDirections, directionsOf } from "../../src/statistics/directions.ts";
import type { MeasureContext } from "../../src/statistics/measure.ts";
import { measureNamed } from "../../src/statistics/measures.ts";
import { detectShift, detectShifts, smallestChange } from "../../src/verdict/detection.ts";
import { calmWindow, mixWindows, shiftedWindow, windowOfShare } from "../../src/verdict/expected-window.ts";
import { prepareSeries } from "../../src/verdict/prepared-series.ts";
import type { RuleSeries } from "../../src/verdict/rule-series.ts";
import { isSignificant } from "../../src/verdict/significance.ts";
import { binsRef, categoriesRef } from "../statistics/series.ts";
import { calibrated, dispersion } from "./prepared.ts";

const MINUTE = 60_000;
const values = Float64Array.from({ length: 200_000 }, (_, i) => ((i * 7_919) % 200_000) / 1_000);
const numbers = binsRef(buildGrid(values), values);
const categories = categoriesRef([120_000, 60_000, 16_000, 4_000]);

interface Question {
  readonly ref: SeriesRef;
  readonly limit?: number;
  readonly measure?: string;
  readonly alpha?: number;
  readonly meanRows?: number;
  readonly calibration?: Partial<Calibration>;
}

/** A rule that looks every minute at the last hour, and fires on the 11th significant look in a row. */
function seriesOf({ ref, limit = 0.02, measure: name = "psi", alpha = 1e-6, ...rest }: Question): RuleSeries {
  const measure = measureNamed(name);
  if (measure === undefined) throw new Error(name);
  const signal = name === "missing" || name === "novel" ? name : "distribution";
  const directions = directionsOf(ref, signal);
  const counts = new Float64Array(directions.size);
  const n = countDirections(directions, ref.counts, counts);
  const equal = { share: dispersion(directions.size), logit: dispersion(directions.size) };
  const { meanRows = 2_000, calibration = {} } = rest;
  const known = calibrated({ signal, counts, n, meanRows, ...equal, ...calibration });
  const rule: Rule = {
    alert: "Drift",
    measure: name,
    columns: ["*"],
    by: [],
    limit: { kind: "atLeast", value: limit },
    for: 10 * MINUTE,
    keepFiringFor: 0,
    severity: "ticket",
    labels: {},
    annotations: {},
    window: { size: 60 * MINUTE, every: MINUTE },
  };
  const context: MeasureContext = { calibration: known };
  return {
    key: "",
    rule,
    measure,
    labels: { column: ref.column },
    block: 0,
    section: { kind: "bins", column: ref.column, offset: 0, length: ref.counts.length },
    ref,
    segment: undefined,
    context,
    prepared: prepareSeries({ ref, signal, calibration: known, alpha }),
    limit,
    patience: { evaluations: 11, keepFiringFor: 0 },
  };
}

/** Look by look, as the daemon would. */
function simulate({ prepared, measure, ref, context, limit }: RuleSeries, shift: number): number | undefined {
  if (prepared === undefined || ref?.kind !== "bins") return undefined;
  const rows = prepared.calibration.meanRows;
  let run = 0;
  for (let look = 1; look <= 200; look += 1) {
    const window = mixWindows(calmWindow(ref, rows), shiftedWindow(ref, shift, rows), Math.min(1, look / 60));
    const effect = measure.score(ref, window, context).effect ?? 0;
    run = isSignificant(prepared, window) && effect >= limit ? run + 1 : 0;
    if (run === 11) return look * MINUTE;
  }
  return undefined;
}

describe("detectShift", () => {
  it.each([0.2, 0.3, 1])(
    "finds the look at which the rule fires on a shift of %d sd, the slower way",
    (sd) => {
      const series = seriesOf({ ref: numbers });
      const slower = Math.max(simulate(series, sd) ?? 0, simulate(series, -sd) ?? 0);
      expect(slower).toBeGreaterThan(11 * MINUTE);
      expect(detectShift(series, sd)?.asked).toEqual({ after: slower });
    },
  );

  it("says never for the rule's limit where chance is ruled out, and else for chance", () => {
    expect(detectShift(seriesOf({ ref: numbers, limit: 0.1 }), 0.3)?.asked).toEqual({
      after: undefined,
      because: "effect",
    });
    expect(detectShift(seriesOf({ ref: numbers, meanRows: 120 }), 0.3)?.asked).toEqual({
      after: undefined,
      because: "level",
    });
  });

  it("knows the smallest shift that is seen either way", () => {
    const series = seriesOf({ ref: numbers });
    const smallest = detectShift(series, 0.3)?.smallest ?? Number.NaN;
    expect(smallest).toBeGreaterThan(0.05);
    expect(smallest).toBeLessThan(0.3);
    expect(detectShift(series, smallest)?.asked.after).toBeGreaterThan(60 * MINUTE);
    expect(detectShift(series, smallest)?.asked.after).toBeLessThanOrEqual(70 * MINUTE);
    expect(detectShift(series, smallest - 0.01)?.asked.after).toBeUndefined();
    expect(detectShift(seriesOf({ ref: numbers, limit: 50 }), 0.3)?.smallest).toBeUndefined();
  });

  it("asks nothing of categories, of shares, and of what is not judged", () => {
    expect(detectShift(seriesOf({ ref: categories }), 0.3)).toBeUndefined();
    expect(detectShift(seriesOf({ ref: numbers, measure: "novel" }), 0.3)).toBeUndefined();
    const variable = { k: 60, share: dispersion(9, { deff: 1_000 }) };
    expect(detectShift(seriesOf({ ref: numbers, calibration: variable }), 0.3)).toBeUndefined();
    expect(detectShift(seriesOf({ ref: numbers, meanRows: 99 }), 0.3)).toBeUndefined();
  });
});

describe("smallestChange", () => {
  it.each([0.0001, 0.02, 0.1])("is just beyond chance, and beyond the limit of %d", (limit) => {
    const series = seriesOf({ ref: categories, limit });
    const change = smallestChange(series);
    const { prepared, ref, measure, context } = series;
    if (change === undefined || prepared === undefined || ref === undefined) throw new Error("nothing found");
    const { directions } = prepared;
    const e = directions.labels.indexOf(change.direction);
    const fires = (to: number): boolean => {
      const window = windowOfShare({ ref, directions, e, to, rows: 2_000 });
      return isSignificant(prepared, window) && (measure.score(ref, window, context).effect ?? 0) >= limit;
    };
    const further = Math.sign(change.to - change.from) * 1e-4;
    expect(fires(change.to + further)).toBe(true);
    expect(fires(change.to - further)).toBe(false);
    expect(change.after).toBe(70 * MINUTE);
  });

  it("grows with the rule's limit", () => {
    const sizes = [0.0001, 0.02, 0.1].map((limit) => {
      const { from, to } = smallestChange(seriesOf({ ref: categories, limit })) ?? { from: 0, to: 0 };
      return Math.abs(to - from);
    });
    expect(sizes[0]).toBeLessThan(sizes[1] ?? 0);
    expect(sizes[1]).toBeLessThan(sizes[2] ?? 0);
  });

  it("of a share of cases is a rise by the limit at least", () => {
    const ref = categoriesRef([100_000, 60_000], { missing: 800 });
    const change = smallestChange(seriesOf({ ref, measure: "missing", limit: 0.05, alpha: 0.01 }));
    expect(change?.direction).toBe("missing");
    expect(change?.to).toBeCloseTo(800 / 160_800 + 0.05, 4);
  });

  it("does not exist where no share could reach the limit, or nothing is judged", () => {
    expect(smallestChange(seriesOf({ ref: categories, limit: 50 }))).toBeUndefined();
    expect(smallestChange(seriesOf({ ref: categories, meanRows: 99 }))).toBeUndefined();
    const rare = categoriesRef([100_000, 60_000], { missing: 3 });
    expect(smallestChange(seriesOf({ ref: rare, measure: "missing" }))).toBeUndefined();
  });
});

describe("detectShifts", () => {
  const series = seriesOf({ ref: numbers });

  it("tells of each shift what detectShift does", () => {
    const { times } = detectShifts(series, [0.1, 0.3, 1]) ?? { times: [] };
    expect(times).toEqual([0.1, 0.3, 1].map((shift) => detectShift(series, shift)?.asked));
  });

  it("needs no more values for a greater shift, and sees it from so many on", () => {
    const { rows = 0, needed = [] } = detectShifts(series, [0.3, 0.5, 1]) ?? {};
    const [small = 0, middle = 0, large = 0] = needed;
    expect(small).toBeGreaterThanOrEqual(middle);
    expect(middle).toBeGreaterThanOrEqual(large);
    expect(large).toBeGreaterThanOrEqual(100);
    const { prepared } = series;
    const isSeen = (count: number): boolean =>
      [0.3, -0.3].every(
        (shift) => prepared !== undefined && isSignificant(prepared, shiftedWindow(numbers, shift, count)),
      );
    expect([isSeen(rows), isSeen(small), isSeen(small - 1)]).toEqual([true, true, small === 100]);
  });
});
