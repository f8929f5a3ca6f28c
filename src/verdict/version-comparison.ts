import { countDirections } from "../statistics/directions.ts";
import { differenceInterval, type Share } from "../statistics/newcombe.ts";
import type { Score } from "../statistics/score.ts";
import { scoreSeries, type SeenWindow } from "./observation.ts";
import { asCounted } from "./prepared-comparison.ts";
import type { PreparedSeries } from "./prepared-series.ts";
import { seriesAt, type RuleSeries } from "./rule-series.ts";
import { explainSignificance } from "./significance.ts";

/** A question about a version and what it came to, and of labels what it comes to of the other version by itself. */
export interface ComparedScore {
  readonly series: RuleSeries;
  readonly score: Score;
  readonly other?: Score;
  /** Of a column: how the share differs that chance explains least. */
  readonly difference?: Difference;
}

/** Of two shares: the version's less the other's, with its 95% interval. */
interface Difference {
  /** Share of what, where it is one of many of the column: `at or above 900`. */
  readonly of?: string;
  readonly value: number;
  readonly lower: number;
  readonly upper: number;
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
  /** Of columns the share that moved most, with as many rows as they are worth; of labels the share, as if rows were independent. */
  readonly difference?: Difference;
  /** Whether chance is ruled out, and the measure's own limit reached; absent where it cannot be said. */
  readonly differs?: boolean;
}

/** Chance alone makes some row of the table differ in at most one of so many tables. */
const TABLES = 100;

/** Rows share the level: the more is asked, the more each must show. */
export function tellDifferences(compared: readonly ComparedScore[]): VersionDifference[] {
  const asked = compared.filter(({ score }) => score.status === "ok" && score.p !== undefined).length;
  return compared.map((one) => {
    const { status, p, effect = 0 } = one.score;
    if (status !== "ok" || p === undefined) return tellDifference(one);
    return tellDifference(one, p <= 1 / TABLES / asked && effect >= one.series.limit);
  });
}

export function tellDifference(compared: ComparedScore, differs?: boolean): VersionDifference {
  const { series, score, other, difference = shareDifference(compared) } = compared;
  const { segment, column } = series.labels;
  return {
    ...(segment === undefined ? {} : { segment }),
    ...(column === undefined ? {} : { column }),
    measure: series.measure.name,
    score,
    ...(other === undefined ? {} : { other }),
    ...(difference === undefined ? {} : { difference }),
    ...(differs === undefined ? {} : { differs }),
  };
}

/** What a window says of a version's column, held against the other version's. */
export function compareWindow(asked: RuleSeries, window: SeenWindow): ComparedScore {
  const series = seriesAt(asked, window);
  const { offset, length } = series.section;
  const difference =
    series.prepared && largestDifference(series.prepared, window.sum.subarray(offset, offset + length));
  return {
    series,
    score: scoreSeries(series, window),
    ...(difference === undefined ? {} : { difference }),
  };
}

/** Of the direction that chance explains least; values of one window are worth n / deff(n) independent ones (SIGNIFICANCE 1). */
function largestDifference(prepared: PreparedSeries, section: Float64Array): Difference | undefined {
  const { directions, calibration, growsFrom, work, share, kept } = prepared;
  const { status, largest } = explainSignificance(prepared, section);
  if (status !== "ok" || calibration.n === 0) return undefined;
  const e = largest === undefined ? 0 : directions.labels.indexOf(largest.direction);
  const m = countDirections(directions, section, work);
  const known = share.deff[kept.indexOf(e)] ?? 1;
  const worth = (count: number, total: number): Share => {
    const deff = known * Math.max(1, total / growsFrom);
    return { count: count / deff, total: total / deff };
  };
  const own = worth(work[e], m);
  const other = worth(asCounted(calibration).counts[e], calibration.n);
  return {
    ...(directions.size > 1 ? { of: directions.labels[e] } : {}),
    value: own.count / own.total - other.count / other.total,
    ...differenceInterval(own, other),
  };
}

function shareDifference({ series, score, other }: ComparedScore): Difference | undefined {
  if (other === undefined || series.measure.nature !== "share") return undefined;
  const [first, second] = [shareOf(score), shareOf(other)];
  if (first === undefined || second === undefined) return undefined;
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
