import { expect, test } from "vitest";
import { judgeJoin } from "../../src/verdict/join-health.ts";

const MINUTE = 60_000;

function pane(minute: number, pairs: number, input: number, output: number) {
  return { start: minute * MINUTE, pairs, orphans: { input, output } };
}

test("losses on one side are no broken join, however many", () => {
  const { broken, shares } = judgeJoin([pane(1, 100, 900, 10), pane(2, 100, 900, 10)]);
  expect(shares.input).toBeCloseTo(0.9);
  expect(shares.output).toBeCloseTo(20 / 220);
  expect(broken).toBeUndefined();
});

test("more than a fifth on both sides is one, and names both causes", () => {
  const { broken } = judgeJoin([pane(1, 700, 300, 290)]);
  expect(broken).toBe(
    "30% of 1,000 requests and 29% of 990 responses did not find each other: either their ids are not the same (look at " +
      "map.id), or they come in two topics that are not partitioned alike (other partition counts, or producers with another " +
      "partitioner)",
  );
  expect(judgeJoin([pane(1, 800, 200, 200)]).broken).toBeUndefined();
});

test("all panes of the last ten minutes count, of all tasks together", () => {
  const old = [pane(0, 0, 500, 500), pane(1, 0, 500, 500)];
  const recent = [pane(2, 50, 10, 10), pane(11, 500, 0, 0), pane(11, 500, 5, 5)];
  const health = judgeJoin([...old, ...recent]);
  expect(health).toEqual({
    pairs: 1050,
    orphans: { input: 15, output: 15 },
    shares: { input: 15 / 1065, output: 15 / 1065 },
  });
});

test("a handful of halves decides nothing, and none says nothing", () => {
  expect(judgeJoin([pane(1, 0, 29, 29)]).broken).toBeUndefined();
  expect(judgeJoin([pane(1, 0, 30, 30)]).broken).toContain("100% of 30 requests");
  expect(judgeJoin([])).toEqual({
    pairs: 0,
    orphans: { input: 0, output: 0 },
    shares: { input: Number.NaN, output: Number.NaN },
  });
});
