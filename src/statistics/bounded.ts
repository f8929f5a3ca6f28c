/** A number and the bounds that are certain; one is infinite where counts leave it open. */
export interface Bounded {
  readonly value: number;
  readonly lower: number;
  readonly upper: number;
}

/** The bounds as a score shows them: an infinite one says nothing. */
export function finiteBounds({ lower, upper }: Omit<Bounded, "value">): { lower?: number; upper?: number } {
  return {
    ...(Number.isFinite(lower) ? { lower } : {}),
    ...(Number.isFinite(upper) ? { upper } : {}),
  };
}
