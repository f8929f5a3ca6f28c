import { createHash } from "node:crypto";
import { MINUTE } from "../config/quantity.ts";
import type { ColumnPlan, EventPlan } from "../event/batch.ts";

/** The two sides of a join, in the order in which everything is kept by side. */
export const SIDES = ["input", "output"] as const;
export type Side = (typeof SIDES)[number];

const OF_SIDE: Readonly<Record<Side, readonly ColumnPlan["role"][]>> = {
  input: ["feature", "segment"],
  output: ["output", "probability"],
};

/** What the rows of one side of a joined model hold: the columns of the whole plan that stand there, in its order. */
export function halfPlan(plan: EventPlan, side: Side): EventPlan {
  return {
    model: plan.model,
    needsId: true,
    half: side,
    columns: plan.columns.filter(({ role }) => OF_SIDE[side].includes(role)),
  };
}

/** How the halves of one model are joined. */
export interface JoinPlan {
  readonly plan: EventPlan;
  /** By side: its plan, and where its columns stand in the whole one. */
  readonly halves: Readonly<
    Record<Side, { readonly plan: EventPlan; readonly positions: readonly number[] }>
  >;
  /** The most that two halves of a pair may be apart in event time, ms. */
  readonly within: number;
  /** Within an age an id may be used once on each side, ms; a multiple of what `within` reaches on both sides. */
  readonly age: number;
  /** Names the join's indexes: entries of other columns or ages are others. */
  readonly id: string;
}

/** Counts up when the cells of a half are written otherwise (half-cells.ts). */
const CELLS_FORMAT = 2;
/** Ids are told apart for this long at least, ms. */
const LEAST_AGE = 10 * MINUTE;

/** @param within ms */
export function planJoin(plan: EventPlan, within: number): JoinPlan {
  const [input, output] = SIDES.map((side) => {
    const half = halfPlan(plan, side);
    return { plan: half, positions: half.columns.map((column) => plan.columns.indexOf(column)) };
  });
  // A half reaches into two ages at most.
  const age = Math.max(LEAST_AGE, 4 * within);
  const columns = plan.columns.map(({ name, type, role, categories, distinct }) => {
    return [name, type, role, categories, distinct];
  });
  const id = createHash("sha256")
    .update(JSON.stringify([CELLS_FORMAT, age, columns]))
    .digest("hex");
  return { plan, halves: { input, output }, within, age, id: id.slice(0, 16) };
}
