import type { Log } from "../runtime/log.ts";
import type { Store } from "../state/store.ts";

/** How a daemon that is to stop parts from a store that is away: it leaves it at once. */
export interface Departure {
  /** Does work on the store. Once the store was left, what that fails with is no news. */
  attempt(work: () => Promise<unknown>): Promise<void>;
  /** Whether the store was left. */
  isLeft(): boolean;
  end(): void;
}

/** Redis, its machine and ours are often told to stop together: it may go away after the signal, ms. */
const LOOK_EVERY = 250;

/**
 * From when `signal` aborts, a store that is away is closed, and waited for no more: nothing can be committed, and nothing is
 * lost by that, since what was not committed is read again.
 */
export function createDeparture(options: {
  readonly store: Pick<Store, "outage" | "close">;
  readonly signal: AbortSignal;
  readonly log: Log;
}): Departure {
  const { store, signal, log } = options;
  let isLeft = false;
  let timer: NodeJS.Timeout | undefined;
  const look = (): void => {
    const outage = store.outage?.();
    if (isLeft || outage === undefined) return;
    isLeft = true;
    log.warn(
      `${outage}. Stopping without it: nothing that was committed is lost, and the rest is read again`,
    );
    void store.close();
  };
  const begin = (): void => {
    look();
    timer = setInterval(look, LOOK_EVERY);
  };
  if (signal.aborted) begin();
  else signal.addEventListener("abort", begin);
  return {
    async attempt(work) {
      if (isLeft) return;
      try {
        await work();
      } catch (error) {
        if (!isLeft) throw error;
      }
    },
    isLeft: () => isLeft,
    end: () => clearInterval(timer),
  };
}
