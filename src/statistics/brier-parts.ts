import { sumOf } from "../counts/vector.ts";
import type { Reliability } from "./reliability.ts";

/**
 * What the Brier score is made of: reliability - resolution + uncertainty + withinVariance - withinCovariance, which is exact
 * (Stephenson, Coelho, Jolliffe 2008; the last two are what grouping leaves over, after Murphy 1973).
 */
export interface BrierParts {
  /** How far the groups' mean scores lie from what came true: 0 is best. */
  readonly reliability: number;
  /** How far what came true differs between groups: large is good. */
  readonly resolution: number;
  /** Of the labels themselves. */
  readonly uncertainty: number;
  readonly withinVariance: number;
  readonly withinCovariance: number;
}

/** Of a table with at least one label. */
export function brierParts(table: Reliability): BrierParts {
  const labels = sumOf(table.n);
  const base = sumOf(table.positives) / labels;
  let reliability = 0;
  let resolution = 0;
  let withinVariance = 0;
  let withinCovariance = 0;
  for (const [group, n] of table.n.entries()) {
    if (n === 0) continue;
    const positives = table.positives[group];
    const probability = table.probability[group];
    reliability += (probability - positives) ** 2 / n;
    resolution += (positives / n - base) ** 2 * n;
    // Sums of p^2 and of p y follow from those of p (1 - p) and (p - y)^2.
    const squares = probability - table.variance[group];
    const products = (squares + positives - table.squaredError[group]) / 2;
    withinVariance += squares - probability ** 2 / n;
    withinCovariance += 2 * (products - (probability * positives) / n);
  }
  return {
    reliability: reliability / labels,
    resolution: resolution / labels,
    uncertainty: base * (1 - base),
    withinVariance: withinVariance / labels,
    withinCovariance: withinCovariance / labels,
  };
}
