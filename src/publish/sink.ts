import type { Alert } from "../verdict/alert.ts";
import type { Tick } from "../config/tick.ts";

/** Somewhere alerts go. Delivery is at least once: `id` + `state` is the idempotency key. */
export interface Sink {
  readonly name: string;
  /** It calls people or acts: it must not hear of what happened long ago, while a daemon catches up (publish.maxAge). */
  readonly live: boolean;
  /** The most transitions that it takes at once; absent: as many as there are. */
  readonly batch?: number;
  /** Whether it is to hear of the alert; absent: of every one. */
  wants?(alert: Alert): boolean;
  /**
   * New transitions, in order. Rejects if they must be tried again, with RetryLater where the other side said when. Answers how
   * many were refused for good, of which the sink has told.
   */
  deliver(alerts: readonly Alert[], tick: Tick): Promise<number>;
  /** All firing alerts, for sinks that must hear of them again and again. Called about every 15 s. */
  refresh?(firing: readonly Alert[], tick: Tick): Promise<void>;
  close(): Promise<void>;
}

/** What failed is to be tried again, but no sooner than in `after` ms. */
export class RetryLater extends Error {
  readonly after: number;

  constructor(message: string, after: number) {
    super(message);
    this.name = "RetryLater";
    this.after = after;
  }
}

/** The same for a transition that is delivered again, and for no other. */
export function idempotencyKey({ id, state }: Pick<Alert, "id" | "state">): string {
  return `${id}-${state}`;
}
