import type { JudgementChanges } from "../verdict/judgement-record.ts";
import type { CountingPlan } from "../window/counting-plan.ts";

/**
 * What became of a model's windows and alerts since it was last judged, which would otherwise look like a fault: they begin empty,
 * and end. One sentence; undefined where there is nothing to say, or it was said before.
 */
export function describeChanges(
  { outcomes }: CountingPlan,
  { layout, reference, isTold }: JudgementChanges,
): string | undefined {
  if (isTold || (!layout && !reference)) return undefined;
  const changed = reference
    ? "the reference is another one"
    : "other columns, segments, bins or panes are counted";
  const follows = layout
    ? "its windows start empty, and alerts of what is no longer judged end"
    : "its windows are kept, and held against the new one";
  const lost =
    layout && outcomes !== undefined ? "; labels of predictions from before find them no more" : "";
  return `${changed} than before: ${follows}${lost}`;
}
