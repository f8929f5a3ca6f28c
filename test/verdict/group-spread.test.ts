import { expect, it } from "vitest";
import { emptyGroup } from "../../src/statistics/group-counts.ts";
import type { GroupCounts } from "../../src/statistics/group-counts.ts";
import { describeGroups, spreadOfGroups } from "../../src/verdict/group-spread.ts";

function group(name: string, of: Partial<GroupCounts>): GroupCounts {
  return { ...emptyGroup(name), decisions: 1_000, positives: 400, negatives: 600, ...of };
}

const groups = [
  group("eu", { selected: 410, truePositives: 300, falsePositives: 110 }),
  group("us", { selected: 350, truePositives: 290, falsePositives: 60 }),
  group("uk", { selected: 220, truePositives: 280, falsePositives: 300 }),
  group("is", { decisions: 99, selected: 0, positives: 0, negatives: 99 }),
];

it("names the groups furthest apart, none of them small", () => {
  const spread = spreadOfGroups(groups, ["selectionRate"]);
  expect(spread).toEqual({
    rate: "selectionRate",
    most: { group: "eu", value: 0.41, n: 1_000 },
    least: { group: "uk", value: 0.22, n: 1_000 },
  });
  expect(spread && describeGroups(spread)).toBe(
    "In eu 41% of all are decided for (n=1,000), in uk 22% (n=1,000).",
  );
});

it("takes of several rates the one in which they are furthest apart", () => {
  const spread = spreadOfGroups(groups, ["truePositiveRate", "falsePositiveRate"]);
  expect(spread && describeGroups(spread)).toBe(
    "In uk 50% of the other classes are decided for (n=600), in us 10% (n=600).",
  );
});

it("names nobody where there are not two", () => {
  expect(spreadOfGroups(groups.slice(2), ["selectionRate"])).toBeUndefined();
  expect(spreadOfGroups([], ["selectionRate"])).toBeUndefined();
});
