import { expect, it } from "vitest";
import { schemaDrift } from "../../../src/statistics/measures/schema-drift.ts";

const NO_COUNTS = new Float64Array(0);

function scoreOf(records: { sampled?: number; learnt?: number; isWaiting?: boolean; changed?: string[] }) {
  const { sampled = 20, learnt = 0, isWaiting = false, changed = [] } = records;
  return schemaDrift.score(undefined, NO_COUNTS, { records: { sampled, learnt, isWaiting, changed } });
}

it("counts the fields that changed, and how", () => {
  expect(scoreOf({ changed: ["new", "gone", "new"] })).toEqual({
    status: "ok",
    value: 3,
    effect: 3,
    n: 20,
    trust: "policy",
    extras: { new: 2, gone: 1 },
  });
  expect(scoreOf({ sampled: 15, changed: ["new"] })).toMatchObject({ status: "too-few", value: 1 });
  expect(scoreOf({ learnt: 19 })).toMatchObject({ status: "ok", value: 0 });
});

it("has nothing to say without records, or where they cannot be compared", () => {
  expect(schemaDrift.score(undefined, NO_COUNTS)).toMatchObject({ status: "no-data" });
  expect(scoreOf({ sampled: 0 })).toMatchObject({ status: "no-data", reason: "no records" });
  expect(scoreOf({ learnt: 20 })).toMatchObject({ status: "no-reference" });
});

it("ends nothing while too few records come of a kind that had changed", () => {
  expect(scoreOf({ isWaiting: true })).toMatchObject({ status: "too-few", value: 0 });
  expect(scoreOf({ isWaiting: true, changed: ["new"] })).toMatchObject({ status: "ok", value: 1 });
});
