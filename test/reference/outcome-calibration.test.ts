import { describe, expect, it } from "vitest";
import { addInto } from "../../src/counts/vector.ts";
import { OUTCOMES } from "../../src/counts/outcomes.ts";
import { bandStart } from "../../src/counts/score-bands.ts";
import { calibrateOutcomes } from "../../src/reference/outcome-calibration.ts";
import { mulberry32 } from "../oracles/sample.ts";
import { cohorts, scoresBetween } from "../verdict/outcome-worlds.ts";
import { build, plan, random } from "./plain-rows.ts";

const DAY = 86_400_000;
const START = Date.UTC(2026, 0, 5);
const PLAN = plan(
  { name: "region", type: "category" },
  { name: "prediction.score", type: "number", role: "output" },
  { name: "truth", type: "number", role: "truth" },
);

function days(count: number, perDay: number) {
  const next = random(3);
  return Array.from({ length: count * perDay }, (_, i) => {
    const score = next();
    return {
      time: START + Math.floor(i / perDay) * DAY + (i % perDay) * 1000,
      region: next() < 0.1 ? "us" : "eu",
      "prediction.score": score,
      truth: Number(next() < score),
    };
  });
}

describe("the labels of a reference", () => {
  const options = { segmentBy: [["region"]], cohort: DAY };
  const { segments, outcome } = build(PLAN, days(12, 300), options);

  it("are kept of every segment, and add up", () => {
    const [all, ...others] = segments.map((segment) => segment.outcome?.counts ?? new Float64Array(0));
    const sum = new Float64Array(all.length);
    for (const one of others) addInto(sum, one);
    expect(sum).toEqual(all);
    expect(all[OUTCOMES.predicted]).toBe(3_600);
    expect(outcome?.counts).toBe(segments[0].outcome?.counts);
  });

  it("are calibrated on cohorts of 50 labels and more", () => {
    const found = segments.map(({ name, outcome: labels }) => {
      const { k = 0, n = 0, blocks = 0, windowSize = 0 } = labels?.calibration ?? {};
      return { name, k, n, blocks, windowSize };
    });
    expect(found[0]).toEqual({ name: "all", k: 12, n: 3_600, blocks: 12, windowSize: DAY });
    expect(found[1]).toMatchObject({ name: "region=eu", k: 12 });
    // A tenth of 300 a day is never 50.
    expect(found[2]).toMatchObject({ name: "region=us", k: 0, n: 0 });
  });

  it("owe nothing to each other where that is declared, with or without time", () => {
    const timeless = days(12, 300).map(({ time: _time, ...row }) => row);
    for (const rows of [days(12, 300), timeless]) {
      const built = build(PLAN, rows, { ...options, independent: true });
      const { n, share } = built.segments[0].outcome?.calibration ?? { n: 0 };
      expect(n).toBe(3_600);
      expect(share?.deff.every((one) => one === 1)).toBe(true);
      expect(share?.nu.every((one) => one === Number.POSITIVE_INFINITY)).toBe(true);
    }
  });

  it("are in no cohort without time", () => {
    const timeless = days(12, 300).map(({ time: _time, ...row }) => row);
    expect(build(PLAN, timeless, options).segments[0].outcome?.calibration.k).toBe(0);
  });
});

describe("calibrateOutcomes", () => {
  function calibrated(shock: number) {
    const next = cohorts({ sheet: scoresBetween(0.03, 0.97), m: 2_000, slope: 0.9, shock }, mulberry32(9));
    const sections = Array.from({ length: 100 }, () => next());
    const section = new Float64Array(sections[0].length);
    for (const one of sections) addInto(section, one);
    return calibrateOutcomes({
      section,
      size: DAY,
      starts: Float64Array.from(sections, (_, day) => START + day * DAY),
      slots: sections.map((one) => one.subarray(bandStart(0))),
      independent: false,
    });
  }

  it("finds rows that owe nothing to each other to be so, in every band, overall and in the slope", () => {
    const { share, counts, k, n, blocks } = calibrated(0);
    expect({ k, n, blocks }).toEqual({ k: 100, n: 200_000, blocks: 100 });
    expect([...counts]).toEqual([...Array<number>(10).fill(20_000), 200_000, 200_000]);
    for (const deff of share.deff) expect(deff).toBeLessThan(1.5);
    for (const nu of share.nu) expect(nu).toBeGreaterThan(4);
  });

  it("finds what all labels of a cohort share, most where all of them are asked", () => {
    const { deff } = calibrated(0.3).share;
    // Of the overall residual: 1 + 2,000 (.3 x mean p (1 - p))^2 / mean (y - p)^2.
    expect(deff[10]).toBeGreaterThan(15);
    expect(deff[10]).toBeLessThan(45);
    for (const one of deff.subarray(0, 10)) expect(one).toBeLessThan(deff[10] / 3);
  });
});
