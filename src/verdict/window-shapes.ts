import { DAY } from "../config/quantity.ts";
import type { FittedModel } from "../rules/fitted-model.ts";

/** A window's length and the time between two evaluations of it, ms. */
export interface WindowShape {
  readonly size: number;
  readonly every: number;
  /** The window before is looked at too. */
  readonly isTrailed: boolean;
}

const WEEK = 7 * DAY;

/** The window shapes that the rules use, and the model's own, each once. */
export function windowShapes({ model }: FittedModel): WindowShape[] {
  const { size, pane } = model.window;
  const shapes = new Map<string, WindowShape>();
  const add = (shape: WindowShape): void => {
    const key = `${shape.size}/${shape.every}`;
    shapes.set(key, { ...shape, isTrailed: shape.isTrailed || shapes.get(key)?.isTrailed === true });
  };
  add({ size, every: pane, isTrailed: false });
  for (const { window, against } of model.rules) add({ ...window, isTrailed: against === "previous" });
  return [...shapes.values()];
}

/** How far back the windows reach, ms: a multiple of the pane. */
export function reachOf(fitted: FittedModel): number {
  return Math.max(
    ...windowShapes(fitted).map(({ size, every, isTrailed }) => (isTrailed ? 2 : 1) * size + every),
  );
}

/**
 * After this long without any event no verdict can change any more until the next one, ms: the windows are empty and every
 * wait is over. The number of rows that is usual repeats by the week, so a silence that is no news in one never will be.
 */
export function horizonOf(fitted: FittedModel): number {
  const { rules } = fitted.model;
  const waits = rules.map((rule) => rule.window.size + rule.for + rule.keepFiringFor);
  const isHeldAgainstHours = rules.some(({ measure }) => measure === "volume");
  return Math.max(reachOf(fitted), ...waits) + (isHeldAgainstHours ? WEEK : 0);
}
