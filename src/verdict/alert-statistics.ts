import { DAY } from "../config/quantity.ts";

/** How a model's alerts have done against its budget. Times are RFC 3339 UTC, in event time; absent before the first pane has closed. */
export interface AlertStatistics {
  readonly since?: string;
  readonly through?: string;
  readonly fired: number;
  /** Of those, what the budget covers. */
  readonly promised: number;
  readonly acknowledged: number;
  readonly false: number;
  /** Of those, what the budget covers. */
  readonly falsePromised: number;
  /** False alarms that were accepted, in a period of so many ms; and how many that makes since `since`. */
  readonly budget: { readonly falseAlarms: number; readonly per: number; readonly since?: number };
}

/** The same in two sentences, without the model's name: `4 fired, 2 acknowledged, ...`. */
export function describeStatistics(statistics: AlertStatistics): string {
  const { fired, promised, acknowledged, falsePromised, budget } = statistics;
  const rate = `${budget.falseAlarms} in ${Number((budget.per / DAY).toPrecision(3))} d`;
  const allowed = budget.since === undefined ? "" : `, ${budget.since.toPrecision(2)} so far`;
  const covered =
    promised === 0
      ? "The budget covers none of them"
      : `Of the ${promised} that the budget covers ${falsePromised} were called false`;
  return (
    `${fired} fired, ${acknowledged} acknowledged, ${statistics.false} called false. ` +
    `${covered}; it allows ${rate}${allowed}.`
  );
}
