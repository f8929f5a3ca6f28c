import { OUTCOMES } from "../counts/outcomes.ts";
import type { FittedModel } from "../rules/fitted-model.ts";
import { emptyGroup } from "../statistics/group-counts.ts";
import type { GroupCounts } from "../statistics/group-counts.ts";
import { selectedParts } from "../statistics/score-cells.ts";
import { decisionThreshold } from "../statistics/decision-threshold.ts";
import { sumOutcomes } from "../statistics/outcome-sums.ts";
import type { BlockPlace } from "./series-places.ts";

/** The groups that a series compares, and where decisions about their members are counted. */
export interface ComparedGroups {
  readonly places: readonly { readonly group: string; readonly block: number }[];
  /** Undefined where neither a decision nor a score is counted. */
  readonly slots: DecisionSlots | undefined;
}

/** A section's slots that hold decisions, from `offset` on: of each, the part that is for class 1. */
interface DecisionSlots {
  readonly offset: number;
  readonly selected: Float64Array;
}

const YES: ReadonlySet<string> = new Set(["true", "1", "yes"]);
const NO: ReadonlySet<string> = new Set(["false", "0", "no"]);

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

/** By the decision where there is one; else a score at or above the reference's threshold is one for class 1. */
function decisionSlotsOf({ counting, reference }: FittedModel): DecisionSlots | undefined {
  const find = (name: string): number => counting.columns.findIndex(({ ref }) => ref.column === name);
  const decision = find("prediction.decision");
  const position = decision < 0 ? find("prediction.score") : decision;
  if (position < 0) return undefined;
  const { ref } = counting.columns[position];
  // The arrivals come first.
  const { offset } = counting.layout.sections[position + 1];
  if (ref.kind === "bins") {
    const threshold = reference.outcome && decisionThreshold(reference.outcome.counts);
    return { offset, selected: selectedParts(ref.grid, threshold ?? 0.5) };
  }
  const names = ref.categories.map((name) => name.toLowerCase());
  if (!names.every((name) => YES.has(name) || NO.has(name))) return undefined;
  return { offset, selected: Float64Array.from(names, (name) => Number(YES.has(name))) };
}

/** What a window's panes say of one group. */
export function countDecisions(
  group: string,
  slots: DecisionSlots | undefined,
  sum: Float64Array | undefined,
): GroupCounts {
  let decisions = 0;
  let selected = 0;
  if (slots !== undefined && sum !== undefined) {
    for (let slot = 0; slot < slots.selected.length; slot += 1) {
      const count = sum[slots.offset + slot];
      decisions += count;
      selected += count * slots.selected[slot];
    }
  }
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
