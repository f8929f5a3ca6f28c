import { differenceInterval, type Share } from "../statistics/newcombe.ts";
import type { Score } from "../statistics/score.ts";
import type { RuleSeries } from "./rule-series.ts";

/** A question about a version and what it came to, and of labels what it comes to of the other version by itself. */
export interface ComparedScore {
  readonly series: RuleSeries;
  readonly score: Score;
  readonly other?: Score;
}

/** One row of the table of what two versions do differently. */
export interface VersionDifference {
  /** Absent: all traffic. */
  readonly segment?: string;
  /** Absent for what is asked of labels. */
  readonly column?: string;
  readonly measure: string;
  /** Of the version. Where it has a p, both are that of the version held against the other one. */
  readonly score: Score;
  /** Of the other version, where the measure is of one version alone. */
  readonly other?: Score;
  /** Of a share: the version's less the other's, with its 95% interval, as if rows were independent. */
  readonly difference?: { readonly value: number; readonly lower: number; readonly upper: number };
  /** Whether chance is ruled out, and the measure's own limit reached; absent where it cannot be said. */
  readonly differs?: boolean;
}

/** Chance alone makes some row of the table differ in at most one of so many tables. */
const TABLES = 100;

/** Rows share the level: the more is asked, the more each must show. */
export function tellDifferences(compared: readonly ComparedScore[]): VersionDifference[] {
  const asked = compared.filter(({ score }) => score.status === "ok" && score.p !== undefined).length;
  return compared.map(({ series, score, other }) => {
    const { segment, column } = series.labels;
    const { status, p, effect = 0 } = score;
    const difference = other === undefined ? undefined : differenceOf(series, score, other);
    return {
      ...(segment === undefined ? {} : { segment }),
      ...(column === undefined ? {} : { column }),
      measure: series.measure.name,
      score,
      ...(other === undefined ? {} : { other }),
      ...(difference === undefined ? {} : { difference }),
      ...(status !== "ok" || p === undefined
        ? {}
        : { differs: p <= 1 / TABLES / asked && effect >= series.limit }),
    };
  });
}

function differenceOf({ measure }: RuleSeries, score: Score, other: Score): VersionDifference["difference"] {
  const [first, second] = [shareOf(score), shareOf(other)];
  if (measure.nature !== "share" || first === undefined || second === undefined) return undefined;
  return {
    value: first.count / first.total - second.count / second.total,
    ...differenceInterval(first, second),
  };
}

/** Of a share that has an interval of its own; a mean of several has none. */
function shareOf({ status, value, lower, n, extras }: Score): Share | undefined {
  if (status !== "ok" || value === undefined || lower === undefined) return undefined;
  const total = extras?.["of"] ?? n;
  return { count: value * total, total };
}
