import { describe, expect, it } from "vitest";
import { judgeCell } from "./acceptance.ts";
import { simulate } from "./marginal.ts";
import { SCENARIOS } from "./scenarios.ts";

/*
 * Windows held against the one before, where nothing changes but what windows do by themselves. Two versions whose shocks are
 * their own differ just so; those that share theirs differ less.
 */
const LEVELS = [1e-1, 1e-2, 1e-3];
const SHORT = { rows: 500, k: 500, references: 25, windows: 300, levels: LEVELS, seed: 17 };
const promised = SCENARIOS.filter(({ isPromised }) => isPromised);

describe.each(promised.map((scenario) => [scenario.name, scenario] as const))("%s", (_name, scenario) => {
  it("alarms at most as often as each level says", () => {
    const outcome = simulate({ ...SHORT, scenario, isCompared: true }).get("promised");
    expect(judgeCell(outcome, LEVELS).verdict).not.toBe("broken");
  });
});

it("is not kept by silence", () => {
  const [independent] = SCENARIOS;
  const outcome = simulate({ ...SHORT, scenario: independent, isCompared: true }).get("promised");
  expect(outcome?.judged).toBe(25 * 299);
  expect(judgeCell(outcome, LEVELS).ratios[1].ratio).toBeGreaterThan(0.1);
});
