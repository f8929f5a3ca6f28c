/** What another tool would have said of one column. */
export interface CompatScore {
  /** The other tool's name of its method. */
  readonly method: string;
  /** What it compares with its threshold: a distance, or a p. */
  readonly value: number;
  readonly threshold?: number;
  /** Bounds of the value, where counts leave room. */
  readonly lower?: number;
  readonly upper?: number;
  /** Its verdict; absent where counts do not decide it. */
  readonly drifted?: boolean;
  /** Whether the value is theirs to the last digits. */
  readonly isExact: boolean;
  /** What counts do not tell: one lower-case phrase. */
  readonly reason?: string;
}

export const SPREAD = "values inside a bin are taken as evenly spread";
export const RANGE = "how far values lie outside of the reference's range is not known";
export const NEW_VALUES = "values that the reference does not hold are counted together";
export const BOUNDED = "the distance is known within bounds";
