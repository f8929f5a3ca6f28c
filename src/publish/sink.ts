import type { Alert } from "../verdict/alert.ts";
import type { Tick } from "../config/tick.ts";

/** Somewhere alerts go. Delivery is at least once: `id` + `state` is the idempotency key. */
export interface Sink {
  readonly name: string;
  /** It calls people: it must not hear of what happened long ago, while a daemon catches up (publish.maxAge). */
  readonly live: boolean;
  /** New transitions, in order. Rejects if they must be tried again. */
  deliver(alerts: readonly Alert[], tick: Tick): Promise<void>;
  /** All firing alerts, for sinks that must hear of them again and again. Called about every 15 s. */
  refresh?(firing: readonly Alert[], tick: Tick): Promise<void>;
  close(): Promise<void>;
}
