import { MINUTE } from "../config/quantity.ts";
import { RetryLater } from "./sink.ts";

const FIRST_WAIT = 1_000;
const LONGEST_WAIT = MINUTE;

/** How long a delivery that failed waits for its next try, ms: as long as the other side asked for; twice as long each time, where it did not. */
export function waitAfter(failure: unknown, attempts: number): number {
  if (failure instanceof RetryLater) return Math.max(FIRST_WAIT, failure.after);
  return Math.min(FIRST_WAIT * 2 ** (attempts - 1), LONGEST_WAIT);
}

/** What a network failed of is no fault of ours: people need its words, not our stack. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof AggregateError && error.errors.length > 0)
    return error.errors.map(reasonOf).join("; ");
  const { message, cause } = error;
  return cause === undefined ? message : `${message.replace(/\.$/, "")}: ${reasonOf(cause)}`;
}
