import type { SeriesRef } from "../../counts/ref.ts";
import type { Season } from "../../reference/season.ts";
import type { Signal } from "../../statistics/calibration.ts";
import type { ScoreStatus, Trust } from "../../statistics/score.ts";
import { prepareSeason } from "../../verdict/prepared-season.ts";
import { rangeOf } from "./range.ts";

/** What the reference's windows of one length, each held against the same hour of other weeks, say of a column. */
export interface SeasonDescription {
  /** What is asked of the column: its distribution, or its share of missing values. */
  readonly signal: Signal;
  /** ms. */
  readonly size: number;
  /** 168 hours of the week, or 24 of the day. */
  readonly slots: number;
  /** Whole weeks, and values per window. */
  readonly weeks: number;
  readonly meanRows: number;
  /** Least and greatest over hours and directions, on the scale of shares; absent without directions. */
  readonly deff?: readonly [number, number];
  readonly nu?: readonly [number, number];
  /** Of a typical hour. */
  readonly status: ScoreStatus;
  readonly trust: Trust;
  /** Why not `ok`, or not `promised`. */
  readonly reason?: string;
}

export function describeSeason(ref: SeriesRef, season: Season): SeasonDescription {
  const { signal, windowSize, slots, weeks, meanRows, share } = season;
  const { status, trust, reason, trustReason } = prepareSeason({ ref, season, alpha: 1 }).typical.prepared;
  const told = reason ?? trustReason;
  return {
    signal,
    size: windowSize,
    slots,
    weeks,
    meanRows,
    ...(share.deff.length === 0 ? {} : { deff: rangeOf(share.deff), nu: rangeOf(share.nu) }),
    status,
    trust,
    ...(told === undefined ? {} : { reason: told }),
  };
}
