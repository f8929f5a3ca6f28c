import { systemClock } from "../../src/runtime/clock.ts";
import { createLog, type Log } from "../../src/runtime/log.ts";
import { openRedisStore } from "../../src/state/redis.ts";
import type { Store } from "../../src/state/store.ts";

export interface OpenedStores {
  /** Opens a store, with a log of the test's own. */
  open(options: { port: number; prefix: string; maxPredictions?: number; log?: Log }): Promise<Store>;
  closeAll(): Promise<void>;
}

/** Stores that the end of a test closes. */
export function createStores(): OpenedStores {
  const stores: Store[] = [];
  return {
    async open({ port, ...options }) {
      const url = `redis://127.0.0.1:${port}`;
      const store = await openRedisStore({
        url,
        clock: systemClock,
        log: createLog({ level: "silent" }),
        ...options,
      });
      stores.push(store);
      return store;
    },
    async closeAll() {
      await Promise.all(stores.splice(0).map((store) => store.close()));
    },
  };
}

/** A log that keeps its lines. */
export function createLines(): { readonly log: Log; text(): string } {
  const lines: string[] = [];
  const log = createLog({ destination: { write: (line: string) => void lines.push(line) } });
  return { log, text: () => lines.join("") };
}
