import { describe, expect, it } from "vitest";
import { bandStart } from "../../src/counts/score-bands.ts";
import { describeCalibration } from "../../src/verdict/calibration-change.ts";
import { mulberry32 } from "../oracles/sample.ts";
import { cohorts, prepareWorld, scoresBetween } from "./outcome-worlds.ts";

const usual = { sheet: scoresBetween(0.03, 0.97), m: 4_000, slope: 1, shock: 0 };
const prepared = prepareWorld(cohorts(usual, mulberry32(1)), { k: 40 });

describe("describeCalibration", () => {
  it("says how much more came true than in the reference", () => {
    const section = cohorts({ ...usual, shift: 0.6 }, mulberry32(2))();
    expect(describeCalibration(prepared, section)).toMatch(
      /^All predictions, on average 0\.5\d*, came true 5\d% of the time; as in the reference it would have been 50%\.$/,
    );
  });

  it("says that the model is too sure of itself", () => {
    const section = cohorts({ ...usual, slope: 0.5 }, mulberry32(3))();
    expect(describeCalibration(prepared, section)).toMatch(
      /^High scores came true less often and low ones more often than in the reference, by \d+% for each standard deviation of the score\.$/,
    );
  });

  it("names the scores that are concerned", () => {
    const section = cohorts(usual, mulberry32(4))();
    const changed = cohorts({ ...usual, slope: 0, shift: 1.5 }, mulberry32(5))();
    // Only the fifth band is of the changed cohort.
    const [start, end] = [bandStart(4), bandStart(5)];
    section.set(changed.subarray(start, end), start);
    expect(describeCalibration(prepared, section)).toMatch(
      /^Predictions around 0\.4\d+ came true 8\d% of the time, 4\d% in the reference \(400 of them\)\.$/,
    );
  });

  it("is silent where nothing can be judged", () => {
    const { ruler: _ruler, ...silent } = prepared;
    expect(describeCalibration(silent, new Float64Array(0))).toBe("");
  });
});
