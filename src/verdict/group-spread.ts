import { ratesOf } from "../statistics/fairness.ts";
import type { GroupRate } from "../statistics/fairness.ts";
import type { GroupCounts, RateName } from "../statistics/group-counts.ts";
import { formatCount, formatShare } from "./quantities.ts";

/** The two groups that a measure across groups finds furthest apart. */
export interface GroupSpread {
  readonly rate: RateName;
  readonly most: SpreadGroup;
  readonly least: SpreadGroup;
}

interface SpreadGroup {
  readonly group: string;
  readonly value: number;
  readonly n: number;
}

/** In whichever of the rates their distance is largest; undefined of fewer than two groups. */
export function spreadOfGroups(
  groups: readonly GroupCounts[],
  rates: readonly RateName[],
): GroupSpread | undefined {
  const spreads = rates.flatMap((rate): GroupSpread[] => {
    const [least, ...others] = ratesOf(groups, rate).toSorted((a, b) => a.value - b.value);
    const most = others.at(-1);
    return least === undefined || most === undefined
      ? []
      : [{ rate, most: nameAndShare(most), least: nameAndShare(least) }];
  });
  return spreads.toSorted((a, b) => distance(b) - distance(a))[0];
}

function nameAndShare({ group, value, n }: GroupRate): SpreadGroup {
  return { group, value, n };
}

function distance({ most, least }: GroupSpread): number {
  return most.value - least.value;
}

const MEMBERS: Readonly<Record<RateName, string>> = {
  selectionRate: "of all",
  truePositiveRate: "of class 1",
  falsePositiveRate: "of the other classes",
};

/** "In eu 41% of all are decided for (n=400), in uk 22% (n=380)." */
export function describeGroups({ rate, most, least }: GroupSpread): string {
  const [high, low] = [most, least].map(({ value, n }) => [formatShare(value), `(n=${formatCount(n)})`]);
  return `In ${most.group} ${high[0]} ${MEMBERS[rate]} are decided for ${high[1]}, in ${least.group} ${low.join(" ")}.`;
}
