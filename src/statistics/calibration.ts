/** Below so many usable windows nothing is known of how they differ (SIGNIFICANCE 1). */
export const LEAST_WINDOWS = 30;
/** With fewer cases in the reference a share has no null; a plain limit judges it (SIGNIFICANCE 5). */
export const LEAST_NULL_CASES = 20;

/**
 * What the reference says about its own windows of one length, for one series: how much its direction counts vary
 * beyond chance (SIGNIFICANCE 1). Arrays run over the series' directions.
 */
export interface Calibration {
  /**
   * Which of the series' questions: its distribution, its share of missing values, its share of novel values; of labels, how
   * far they lie from their scores (residuals.ts).
   */
  readonly signal: Signal | "outcomes";
  /** Window length, ms. */
  readonly windowSize: number;
  /** Usable windows. */
  readonly k: number;
  readonly blocks: number;
  /** Values in the usable windows, and their mean per window. */
  readonly n: number;
  readonly meanRows: number;
  /** Reference count of each direction, within the usable windows. */
  readonly counts: Float64Array;
  readonly share: Dispersion;
  readonly logit: Dispersion;
}

export type Signal = "distribution" | "missing" | "novel";

export interface Dispersion {
  readonly deff: Float64Array;
  readonly nu: Float64Array;
  readonly tau: Float64Array;
}
