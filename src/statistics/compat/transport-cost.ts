import { binsLength } from "../../counts/tails.ts";
import type { BinsRef } from "../../counts/ref.ts";
import { wasserstein } from "../measures/wasserstein.ts";
import { standardDeviation } from "../moments.ts";
import { referenceSums } from "../value-sums.ts";
import { areaBetween, countOutside, momentsOf } from "./binned-values.ts";
import { RANGE, SPREAD } from "./compat-score.ts";
import { cellsOf } from "./value-cells.ts";

/** The first Wasserstein distance in the column's own unit. */
export interface TransportCost {
  readonly value: number;
  readonly lower?: number;
  readonly upper?: number;
  /** The reference's standard deviation, over N. */
  readonly sd: number;
  readonly isExact: boolean;
  readonly reason: string;
}

/** Between its bounds where the section has sums (counts/sums.ts), else as if values were evenly spread in their bins. */
export function transportCost(ref: BinsRef, section: Float64Array): TransportCost {
  const cells = cellsOf(ref, section);
  const isExact = cells !== undefined && cells.other === 0;
  const hasSums = section.length > binsLength(ref.grid);
  const { value, lower, upper } = hasSums ? wasserstein.score(ref, section) : {};
  const sums = hasSums ? referenceSums(ref) : undefined;
  if (isExact || value === undefined || sums === undefined) {
    const { below, above, isExact: isInside } = countOutside(ref, section);
    const reason = isInside && below + above === 0 ? SPREAD : RANGE;
    return { value: areaBetween(ref, section), sd: momentsOf(ref).sd, isExact, reason };
  }
  return {
    value,
    ...(lower === undefined ? {} : { lower }),
    ...(upper === undefined ? {} : { upper }),
    sd: standardDeviation(sums).value,
    isExact: false,
    reason: SPREAD,
  };
}
