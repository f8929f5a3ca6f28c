import { expect, it } from "vitest";
import { schemaDrift } from "../../../src/statistics/measures/schema-drift.ts";

const NO_COUNTS = new Float64Array(0);

function scoreOf(records: { isKnown?: boolean; sampled?: number; foreign?: number; changed?: string[] }) {
  const { isKnown = true, sampled = 20, foreign = 0, changed = [] } = records;
  return schemaDrift.score(undefined, NO_COUNTS, { records: { isKnown, sampled, foreign, changed } });
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
  expect(scoreOf({ foreign: 19 })).toMatchObject({ status: "ok", value: 0 });
});

it("has nothing to say without records, or where they cannot be compared", () => {
  expect(schemaDrift.score(undefined, NO_COUNTS)).toMatchObject({ status: "no-data" });
  expect(scoreOf({ sampled: 0 })).toMatchObject({ status: "no-data", reason: "no records" });
  expect(scoreOf({ isKnown: false })).toMatchObject({ status: "no-reference" });
  expect(scoreOf({ foreign: 20 })).toMatchObject({ status: "no-reference" });
});
