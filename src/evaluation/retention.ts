import { HOUR } from "../config/quantity.ts";
import type { FittedModel } from "../rules/fitted-model.ts";
import { reachOf } from "../verdict/window-shapes.ts";
import { ROLL_UP_STEPS, type RollUpStep } from "../window/roll-up.ts";

/** Panes of one length that a model keeps for some event time; times in ms (STREAMING 27). */
interface KeptPanes {
  /** What the name of their layout ends with. */
  readonly name: RollUpStep["name"] | "";
  /** From one start to the next, at least. */
  readonly span: number;
  /** Those that started longer than this before the last closed pane's end are deleted. */
  readonly keep: number;
}

/** Kept beyond two windows, ms. Longer than an hour, so that no pane is deleted before it stands in its hour. */
const SPARE = 2 * HOUR;

/** Deleting waits until there is this much event time to delete, ms. */
export const PRUNE_STEP = 6 * HOUR;

/** Of a model whose events come in halves: every id is kept until its age is over, and no longer. */
export const JOINED_PRUNE_STEP = HOUR / 6;

/** What the store keeps of a model's counts: its panes, then hours and days. */
export function keptPanes(fitted: FittedModel): readonly [KeptPanes, KeptPanes, KeptPanes] {
  const { pane } = fitted.counting;
  const [hours, days] = ROLL_UP_STEPS.map((step) => ({ ...step, span: Math.max(step.span, pane) }));
  return [{ name: "", span: pane, keep: 2 * reachOf(fitted) + SPARE }, hours, days];
}

/** How many starts there are in the store at most. */
export function mostKept({ span, keep }: KeptPanes): number {
  return Math.ceil((keep + PRUNE_STEP) / span);
}

/**
 * Before which start panes of a stored layout are deleted, ms; undefined where it is none of the model's. What is no longer
 * counted, since the rules or the reference changed, is kept as long as what is.
 */
export function deletedBefore(
  layout: string,
  source: { fitted: FittedModel; closedThrough: number; cohortsFrom: number },
): number | undefined {
  const { fitted, closedThrough, cohortsFrom } = source;
  const { model } = fitted.counting;
  // As paneLayout, fieldLayout, reviewLayout, rollUpLayout and cohortLayout name them.
  const named = layout.startsWith(`${model}/`) ? LAYOUT.exec(layout.slice(model.length + 1)) : null;
  if (named === null) return undefined;
  const { cohorts, reviews, step } = named.groups ?? {};
  if (cohorts !== undefined) return cohortsFrom;
  if (reviews !== undefined) return closedThrough - 2 * longestReview(fitted) - SPARE;
  const [panes, ...rolledUp] = keptPanes(fitted);
  const { keep } = rolledUp.find(({ name }) => name === step) ?? panes;
  return closedThrough - keep;
}

function longestReview({ counting: { reviews = [] } }: FittedModel): number {
  return Math.max(0, ...reviews.map(({ per }) => per));
}

const LAYOUT =
  /^(?:(?<cohorts>outcomes\/[0-9a-f]{16}\/[0-9a-f]{16})|(?<reviews>reviews)|(?:fields\/)?[0-9a-f]{16}(?:@(?<step>1h|1d))?)$/;
