import { expect, test } from "vitest";
import { playSteps } from "../../../src/commands/scenario/steps.ts";
import type { Steps } from "../../../src/commands/scenario/scenario.ts";
import { fitted } from "./scenario-project.ts";

const MINUTE = 60_000;
const { model } = fitted();

/** From and to of every firing, in minutes. */
function play(...scores: [at: number, score: number | "too-few"][]): [number, number][] {
  const story: Steps = {
    alert: "Drift",
    lasts: 120 * MINUTE,
    start: 0,
    scores: scores.map(([at, score]) => ({ at: at * MINUTE, score })),
  };
  return playSteps(story, model).map(({ from, to }) => [from / MINUTE, to / MINUTE]);
}

test("a rule waits for as long as `for` says, and fires on", () => {
  expect(play([5, 0.05])).toEqual([[15, Number.NaN]]);
});

test("it is not woken by less, nor by a little more that ends before", () => {
  expect(play([0, 0.019])).toEqual([]);
  expect(play([0, 0.05], [10, 0.019])).toEqual([]);
  expect(play([0, 0.05], [11, 0.019])).toHaveLength(1);
});

test("it keeps firing for as long as it says, and begins to count anew", () => {
  expect(play([0, 0.05], [20, 0], [40, 0.05], [41, 0])).toEqual([[10, 71]]);
});

test("too few values reset what waits, and leave what fires", () => {
  expect(play([0, 0.05], [5, "too-few"], [6, 0.05])).toEqual([[16, Number.NaN]]);
  expect(play([0, 0.05], [20, "too-few"])).toEqual([[10, Number.NaN]]);
});
