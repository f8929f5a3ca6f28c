import type { FittedModel } from "./rules/fitted-model.ts";
import { reachOf } from "./verdict/window-shapes.ts";
import { ROLL_UP_STEPS, rollUpLayout } from "./window/roll-up.ts";
import { paneLayout } from "./window/task-delta.ts";

/** Panes of one length that a model keeps for some event time; times in ms (STREAMING 27). */
export interface KeptPanes {
  readonly layout: string;
  /** From one start to the next, at least. */
  readonly span: number;
  /** Those that started longer than this before the last closed pane's end are deleted. */
  readonly keep: number;
}

/** Kept beyond two windows, ms. Longer than an hour, so that no pane is deleted before it stands in its hour. */
const SPARE = 2 * 3_600_000;

/** Deleting waits until there is this much event time to delete, ms. */
export const PRUNE_STEP = 6 * 3_600_000;

/** What the store keeps of a model's counts: its panes, then hours and days. */
export function keptPanes(fitted: FittedModel): readonly [KeptPanes, KeptPanes, KeptPanes] {
  const { counting } = fitted;
  const [hours, days] = ROLL_UP_STEPS.map((step) => ({
    layout: rollUpLayout(counting, step),
    span: Math.max(step.span, counting.pane),
    keep: step.keep,
  }));
  const panes = {
    layout: paneLayout(counting),
    span: counting.pane,
    keep: 2 * reachOf(fitted) + SPARE,
  };
  return [panes, hours, days];
}

/** How many starts there are in the store at most. */
export function mostKept({ span, keep }: KeptPanes): number {
  return Math.ceil((keep + PRUNE_STEP) / span);
}
