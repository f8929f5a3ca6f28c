/** What a model decided about the members of one group and, of those whose label came, what was true. Class 1 is selected. */
export interface GroupCounts {
  readonly group: string;
  readonly decisions: number;
  readonly selected: number;
  /** Labels of class 1, and those of them that were selected. */
  readonly positives: number;
  readonly truePositives: number;
  /** All other labels, and those of them that were selected. */
  readonly negatives: number;
  readonly falsePositives: number;
}

/** Of all; of those who deserved it; of those who did not: the share that was selected. */
export type RateName = "selectionRate" | "truePositiveRate" | "falsePositiveRate";

export function emptyGroup(group: string): GroupCounts {
  return {
    group,
    decisions: 0,
    selected: 0,
    positives: 0,
    truePositives: 0,
    negatives: 0,
    falsePositives: 0,
  };
}
