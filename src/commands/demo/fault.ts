/** One flight on its way into the stream; a fault changes it in place. */
export interface FlightRecord {
  /** Row number in the file; the event's id is `f` and this number. */
  row: number;
  /** Ms since the epoch. */
  time: number;
  /** Minutes. */
  delay: number;
  /** Miles. */
  distance: number;
  distanceAsText: boolean;
  /** IATA code; null where the record lost it. */
  origin: string | null;
  destination: string | null;
  version: "v1" | "v2";
  /** Log-odds of the model's score. */
  logit: number;
  /** The record never reaches the stream, and neither does its outcome. */
  silent: boolean;
}

/** Something that the demo breaks on purpose, at a known time, so that it can say afterwards what was found. */
export interface Fault {
  readonly name: string;
  /** First and last moment, ms since the epoch; `to` is excluded. */
  readonly from: number;
  readonly to: number;
  /** One sentence for people. */
  readonly description: string;
  /** Deterministic: the same flight is always changed in the same way. */
  alter(record: FlightRecord): void;
  /** Whether the way that the fault acts can move this series at all; time is judged apart, by `overlaps`. */
  moves(series: JudgedSeries): boolean;
}

/** What an alert is about. */
interface JudgedSeries {
  readonly measure: string;
  readonly column?: string | undefined;
  readonly version?: string | undefined;
  /** `all`, `other`, or `column=value`. */
  readonly segment?: string | undefined;
}
