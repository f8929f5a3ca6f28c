import type { EventPlan } from "../event/batch.ts";
import { REFERENCE_DEFAULTS } from "../reference/options.ts";
import type { ReferenceOptions } from "../reference/options.ts";
import { MEASURES } from "../statistics/measures.ts";
import { askedSeasons } from "./asked-seasons.ts";
import type { Model } from "./model.ts";

/** What a model's rule file asks of its reference; without one, what is usual. */
export function askedOptions(
  model: Model | undefined,
  { columns }: EventPlan,
): Omit<ReferenceOptions, "plan" | "independent"> {
  if (model === undefined) {
    return { segmentBy: [], top: REFERENCE_DEFAULTS.top, windowSizes: REFERENCE_DEFAULTS.windowSizes };
  }
  return {
    segmentBy: model.segmentBy,
    top: model.segments.top,
    windowSizes: askedWindows(model),
    cohort: model.labels.cohort,
    seasons: askedSeasons({ model, columns, measures: MEASURES }),
  };
}

/** The lengths of windows, ms, whose significance its rules ask for; the least first. */
export function askedWindows(model: Model): number[] {
  const sizes = model.rules.filter(({ limit }) => limit.kind === "atLeast").map(({ window }) => window.size);
  return [...new Set([model.window.size, ...sizes])].toSorted((a, b) => a - b);
}
