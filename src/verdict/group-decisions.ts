import { OUTCOMES } from "../counts/outcomes.ts";
import type { FittedModel } from "../rules/fitted-model.ts";
import { emptyGroup } from "../statistics/group-counts.ts";
import type { GroupCounts } from "../statistics/group-counts.ts";
import { countSelected, decisionParts } from "../statistics/decision-parts.ts";
import type { DecisionParts } from "../statistics/decision-parts.ts";
import { sumOutcomes } from "../statistics/outcome-sums.ts";
import type { BlockPlace } from "./series-places.ts";

/** The groups that a series compares, and where decisions about their members are counted. */
export interface ComparedGroups {
  readonly places: readonly { readonly group: string; readonly block: number }[];
  /** Undefined where neither a decision nor a score is counted. */
  readonly slots: DecisionSlots | undefined;
}

/** A section that holds decisions: where it begins, and what of it is for class 1. */
interface DecisionSlots {
  readonly offset: number;
  readonly parts: DecisionParts;
}

/** The segments of one column, of the place's version; what is followed together is no group. */
export function comparedGroups(fitted: FittedModel, place: BlockPlace, column: string): ComparedGroups {
  const { segments } = fitted.counting;
  const grouping = segments.groupings.find(({ keys }) => keys.length === 1 && keys[0] === column);
  const positions = grouping === undefined ? [] : [...grouping.segmentOfCode.values()];
  const first = place.block - (place.block % segments.names.length);
  const places = positions.map((segment) => ({
    group: segments.names[segment].slice(column.length + 1),
    block: first + segment,
  }));
  return { places, slots: decisionSlotsOf(fitted) };
}

/** By the decision where there is one, else by the score. */
function decisionSlotsOf({ counting, reference }: FittedModel): DecisionSlots | undefined {
  const find = (name: string): number => counting.columns.findIndex(({ ref }) => ref.column === name);
  const decision = find("prediction.decision");
  const position = decision < 0 ? find("prediction.score") : decision;
  if (position < 0) return undefined;
  const parts = decisionParts(counting.columns[position].ref, reference.outcome?.counts);
  // The arrivals come first.
  const { offset } = counting.layout.sections[position + 1];
  return parts === undefined ? undefined : { offset, parts };
}

/** What a window's panes say of one group. */
export function countDecisions(
  group: string,
  slots: DecisionSlots | undefined,
  sum: Float64Array | undefined,
): GroupCounts {
  if (slots === undefined || sum === undefined) return emptyGroup(group);
  const { decisions, selected } = countSelected(slots.parts, sum, slots.offset);
  // A bin that the threshold lies in gives a part of its values.
  return { ...emptyGroup(group), decisions, selected: Math.round(selected) };
}

/** What a cohort's labels say of one group. */
export function countLabels(group: string, sum: Float64Array | undefined): GroupCounts {
  if (sum === undefined) return emptyGroup(group);
  const decisions = sumOutcomes(sum).n + sum[OUTCOMES.decided];
  const truePositives = sum[OUTCOMES.truePositives];
  const falsePositives = sum[OUTCOMES.falsePositives];
  const positives = truePositives + sum[OUTCOMES.falseNegatives];
  return {
    group,
    decisions,
    selected: truePositives + falsePositives,
    positives,
    truePositives,
    negatives: decisions - positives,
    falsePositives,
  };
}
