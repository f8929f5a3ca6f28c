import { expect, test } from "vitest";
import { differenceInterval } from "../../src/statistics/newcombe.ts";

/** Newcombe (1998), table II, method 10. */
test.each([
  { shares: [56, 70, 48, 80], interval: [0.0524, 0.3339] },
  { shares: [9, 10, 3, 10], interval: [0.1705, 0.809] },
  { shares: [10, 10, 0, 20], interval: [0.6791, 1] },
  { shares: [10, 10, 0, 10], interval: [0.6075, 1] },
])("$shares", ({ shares: [a, m, b, n], interval: [lower, upper] }) => {
  const found = differenceInterval({ count: a, total: m }, { count: b, total: n });
  expect(found.lower).toBeCloseTo(lower, 4);
  expect(found.upper).toBeCloseTo(upper, 4);
});
