import { describe, expect, it } from "vitest";
import { DELAYS, delayEnd, delaySlot, labelledIn } from "../../../src/counts/label-delays.ts";
import { labelCoverage } from "../../../src/statistics/measures/label-coverage.ts";
import { labelDelay } from "../../../src/statistics/measures/label-delay.ts";

/** Predictions of which every `labelled`-th first ones have a label, after these delays in seconds. */
function cohort(predicted: number, delays: readonly number[]): Float64Array {
  const section = new Float64Array(DELAYS.length);
  section[DELAYS.predicted] = predicted;
  for (const delay of delays) section[delaySlot(delay * 1000)] += 1;
  return section;
}

describe("the spans of delays", () => {
  it("hold every delay between two ends that differ by a twelfth", () => {
    for (let seconds = 1; seconds < 3e7; seconds *= 1.013) {
      const slot = delaySlot(seconds * 1000);
      expect(delayEnd(slot)).toBeGreaterThan(seconds * (1 - 1e-9));
      expect(delayEnd(slot) / 2 ** (1 / 8)).toBeLessThanOrEqual(seconds * (1 + 1e-9));
    }
  });

  it("take what is below and beyond", () => {
    expect([-1, 0, 999, Number.NaN].map(delaySlot)).toEqual([1, 1, 1, 1]);
    expect([1e15, Infinity].map(delaySlot)).toEqual([DELAYS.length - 1, DELAYS.length - 1]);
  });
});

describe("label-delay", () => {
  it("is the exact quantile within its bounds", () => {
    const delays = Array.from({ length: 1_000 }, (_, k) => 10 + k * 37);
    const exact = delays[989];
    const { value, lower = 0, upper = 0, n, extras } = labelDelay.score(undefined, cohort(4_000, delays));
    expect([lower <= exact && exact <= upper, upper / lower < 1.0906, n, value]).toEqual([
      true,
      true,
      1_000,
      upper,
    ]);
    expect(extras?.["median"]).toBeGreaterThan(delays[499]);
    expect(extras?.["median"]).toBeLessThan(delays[499] * 1.1);
  });

  it("stands beside what the reference learnt", () => {
    const score = labelDelay.score(undefined, cohort(200, Array(200).fill(5)), { delay99: 3_600 });
    expect(score.extras).toMatchObject({ reference: 3_600 });
  });
});

describe("label-coverage", () => {
  it("is the share that has a label, with Wilson's interval", () => {
    const section = cohort(400, Array(100).fill(60));
    expect(labelledIn(section)).toBe(100);
    const { value, lower = 0, upper = 0, n } = labelCoverage.score(undefined, section);
    expect([value, n]).toEqual([0.25, 400]);
    // (p + z²/2n ± z sqrt(p (1 - p) / n + z²/4n²)) / (1 + z²/n) with p = .25, n = 400, z = 1.959964
    expect(lower).toBeCloseTo(0.210079014, 8);
    expect(upper).toBeCloseTo(0.294677133, 8);
  });

  it("is nothing for lack of labels, and no-data for lack of predictions", () => {
    expect(labelCoverage.score(undefined, cohort(400, [])).value).toBe(0);
    expect(labelCoverage.score(undefined, cohort(0, [])).status).toBe("no-data");
  });
});
