import { expect, test } from "vitest";
import { createBatch } from "../../src/event/columns.ts";
import { keysOf } from "../../src/join/half-keys.ts";
import { planJoin } from "../../src/join/half-plans.ts";

const PLAN = {
  model: "m",
  needsId: false,
  columns: [
    { name: "amount", type: "number", role: "feature", pii: false, categories: [] },
    { name: "region", type: "category", role: "segment", pii: false, categories: ["eu"] },
    { name: "prediction.score", type: "number", role: "output", pii: false, categories: [] },
  ],
} as const;

const MINUTE = 60_000;

function keysAt(times: readonly number[], within: number) {
  const batch = createBatch({ plan: PLAN, dictionaries: [], versions: [""], capacity: times.length });
  batch.rows = times.length;
  batch.time.set(times);
  batch.idHigh.fill(3);
  batch.idLow.fill(5);
  return keysOf(batch, planJoin(PLAN, within));
}

test("one id has one key within an age, and another one in the next", () => {
  const { high, low, near, count } = keysAt([2 * MINUTE, 8 * MINUTE, 12 * MINUTE], MINUTE);
  expect(count).toBe(3);
  expect([high[0], low[0]]).toEqual([high[1], low[1]]);
  expect(high[2]).not.toBe(high[0]);
  expect(low[2]).not.toBe(low[0]);
  expect([...near]).toEqual([-1, -1, -1]);
});

test("where the other half may stand in the age before or after, its key there is asked for, too", () => {
  const { high, low, near, count } = keysAt([9.5 * MINUTE, 10.5 * MINUTE, Number.NaN], MINUTE);
  expect(count).toBe(5);
  expect([...near]).toEqual([3, 4, -1]);
  expect([high[3], low[3]]).toEqual([high[1], low[1]]);
  expect([high[4], low[4]]).toEqual([high[0], low[0]]);
});

test("an age is far longer than two halves may be apart", () => {
  expect(planJoin(PLAN, MINUTE).age).toBe(10 * MINUTE);
  expect(planJoin(PLAN, 30 * MINUTE).age).toBe(120 * MINUTE);
});

test("each side has its columns, and its indexes are others where columns or ages are", () => {
  const plan = planJoin(PLAN, MINUTE);
  expect(plan.halves.input.plan.columns.map(({ name }) => name)).toEqual(["amount", "region"]);
  expect(plan.halves.output.positions).toEqual([2]);
  expect(plan.id).toBe(planJoin(PLAN, 2 * MINUTE).id);
  expect(plan.id).not.toBe(planJoin(PLAN, 5 * MINUTE).id);
  expect(plan.id).not.toBe(planJoin({ ...PLAN, columns: PLAN.columns.slice(1) }, MINUTE).id);
});
