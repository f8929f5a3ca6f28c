import type { Calibration } from "../statistics/calibration.ts";
import { countDirections } from "../statistics/directions.ts";
import { LEAST_VALUES } from "../statistics/measure.ts";
import type { PreparedSeries, Scale } from "./prepared-series.ts";
import { neverPromised } from "./trust.ts";

/**
 * A series whose windows are held against other windows that were counted here: those right before, or another version's of
 * the same time. The reference gives the grid, and how much windows of the column differ by themselves.
 */
export interface PreparedComparison {
  /** Against a window of the reference's mean length: what the budget is shared by, and what `check` tells. */
  readonly typical: PreparedSeries;
  /** Held against a window whose section of the column this is. */
  readonly against: (other: Float64Array) => PreparedSeries;
}

/**
 * Both windows vary as those of the reference do: of M and N values their difference has the variance deff(M)/M + deff(N)/N
 * (SIGNIFICANCE 1, with a window in the reference's place). What both share, such as the hour of the day, makes them alike, and
 * the test err towards silence. Only windows that take turns would differ by more.
 */
export function prepareComparison(prepared: PreparedSeries): PreparedComparison {
  const { calibration, directions } = prepared;
  const { counts, n, meanRows } = calibration;
  const part = n === 0 ? 0 : meanRows / n;
  return {
    typical: holdAgainst(
      prepared,
      counts.map((count) => count * part),
      meanRows,
    ),
    against(other) {
      const found = new Float64Array(directions.size);
      const values = countDirections(directions, other, found);
      const held = holdAgainst(prepared, found, values);
      return values < LEAST_VALUES && held.status === "ok" ? { ...held, ...TOO_FEW } : held;
    },
  };
}

function holdAgainst(prepared: PreparedSeries, counts: Float64Array, n: number): PreparedSeries {
  const perRow = Math.max(1, n / prepared.growsFrom) / n;
  const held = (scale: Scale): Scale => ({ ...scale, reference: scale.deff.map((deff) => deff * perRow) });
  return {
    ...prepared,
    ...neverPromised(prepared),
    calibration: { ...prepared.calibration, counts: counts.map((count) => keepMixed(count, n)), n },
    share: held(prepared.share),
    logit: held(prepared.logit),
  };
}

/**
 * A reference has no direction that holds none of its values, or all; another window may. Half a case stands for none: on the scale of
 * log-odds nothing differs from 0 or 1, and two versions that have no value in common would be alike.
 */
function keepMixed(count: number, n: number): number {
  return Math.min(Math.max(count, 0.5), Math.max(n - 0.5, 0.5));
}

/** The same as it was counted, which is what people are told: half a case stands for none, and what lacks half a case for all. */
export function asCounted(calibration: Calibration): Calibration {
  const { counts, n } = calibration;
  return { ...calibration, counts: counts.map((count) => (count < 1 ? 0 : count > n - 1 ? n : count)) };
}

const TOO_FEW = {
  status: "too-few",
  reason: `fewer than ${LEAST_VALUES} values to be held against`,
} as const;
