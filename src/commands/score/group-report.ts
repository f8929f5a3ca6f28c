import { ratesOf } from "../../statistics/fairness.ts";
import type { GroupRate } from "../../statistics/fairness.ts";
import type { GroupCounts, RateName } from "../../statistics/group-counts.ts";
import { MEASURES } from "../../statistics/measures.ts";
import type { Score } from "../../statistics/score.ts";

/** The groups of one column: their rates, and how far apart they lie. */
export interface FairnessReport {
  /** By falling number of decisions. A rate of too few members is left out, and a group without any rate. */
  readonly groups: Readonly<Record<string, Readonly<Partial<Record<RateName, Rate>>>>>;
  readonly measures: Readonly<Record<string, Score>>;
}

type Rate = Omit<GroupRate, "group">;

export const RATES: readonly RateName[] = ["selectionRate", "truePositiveRate", "falsePositiveRate"];

/** Nothing of the window's columns is asked: the groups say it all. */
const NO_SECTION = new Float64Array(0);

/** Nothing where no column's groups were counted. */
export function compareAll(groups: ReadonlyMap<string, readonly GroupCounts[]>): {
  fairness?: Readonly<Record<string, FairnessReport>>;
} {
  const reports = [...groups].map(([column, counts]) => [column, compareGroups(counts)] as const);
  return reports.length === 0 ? {} : { fairness: Object.fromEntries(reports) };
}

function compareGroups(counts: readonly GroupCounts[]): FairnessReport {
  const groups = counts.toSorted((a, b) => b.decisions - a.decisions || (a.group < b.group ? -1 : 1));
  const shown = groups.flatMap((one) => {
    const rates = RATES.flatMap((rate) =>
      ratesOf([one], rate).map(({ group: _group, ...found }) => [rate, found] as const),
    );
    return rates.length === 0 ? [] : [[one.group, Object.fromEntries(rates)] as const];
  });
  const measures = MEASURES.filter(({ across }) => across !== undefined).map(
    ({ name, score }) => [name, score(undefined, NO_SECTION, { groups })] as const,
  );
  return { groups: Object.fromEntries(shown), measures: Object.fromEntries(measures) };
}
