import type { SourceLog } from "./source.ts";

/** While Kafka is away the log says so this often, ms. */
const REMIND = 30_000;

/** Says in the log when Kafka goes away, that it still is, and when it is back. */
export interface OutageLog {
  /** An attempt to read failed. */
  note(error: unknown): void;
  /** Kafka answers. */
  over(): void;
  /** For how long Kafka has been away, ms. */
  lasts(): number;
}

export function createOutageLog(options: {
  brokers: string;
  clock: () => number;
  log: SourceLog;
}): OutageLog {
  const { brokers, clock, log } = options;
  let since: number | undefined;
  let said = 0;
  const lasts = (): number => (since === undefined ? 0 : clock() - since);
  return {
    lasts,
    note(error) {
      const now = clock();
      const first = since === undefined;
      since ??= now;
      if (!first && now - said < REMIND) return;
      said = now;
      const reason = error instanceof Error ? error.message : String(error);
      const seconds = first ? "" : `, for ${Math.round(lasts() / 1000)} s now`;
      const message = `Kafka at ${brokers} is away${seconds}: ${reason}. Trying again until it is back`;
      log.warn({ brokers }, message);
    },
    over() {
      if (since === undefined) return;
      log.info({ brokers }, `Kafka at ${brokers} is back after ${Math.round(lasts() / 1000)} s`);
      since = undefined;
    },
  };
}
