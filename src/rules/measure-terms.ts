import type { ColumnType } from "../event/batch.ts";
import type { Limit } from "./model.ts";

/** What a rule may ask of a measure; taken from the table of measures. */
export interface MeasureTerms {
  readonly name: string;
  /** Columns are judged one by one; events as a whole; labels once per cohort. */
  readonly subject: "columns" | "events" | "labels";
  /** The types of columns that it can be computed of; of no meaning for events and labels. */
  readonly types: readonly ColumnType[];
  /** Whether chance can be told from change, so that `atLeast` means something. */
  readonly significance: boolean;
  /** `ratio` lies between 0 and 1; a limit in `milliseconds` is written as a duration; anything else is a number. */
  readonly unit: string;
  readonly needsReference: boolean;
  /** What a rule without a limit means; where there is none, a rule must say. */
  readonly defaultLimit?: Limit;
}
