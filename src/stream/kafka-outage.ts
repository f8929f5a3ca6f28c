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
  /** What is wrong, in one sentence without its full stop; undefined where nothing is. */
  text(): string | undefined;
}

export function createOutageLog(options: {
  brokers: string;
  clock: () => number;
  log: SourceLog;
}): OutageLog {
  const { brokers, clock, log } = options;
  let since: number | undefined;
  let said = 0;
  let reason = "";
  const lasts = (): number => (since === undefined ? 0 : clock() - since);
  const text = (): string | undefined => {
    if (since === undefined) return undefined;
    const seconds = Math.round(lasts() / 1000);
    return `Kafka at ${brokers} is away${seconds === 0 ? "" : `, for ${seconds} s now`}: ${reason}`;
  };
  return {
    lasts,
    text,
    note(error) {
      const now = clock();
      const first = since === undefined;
      since ??= now;
      reason = error instanceof Error ? error.message : String(error);
      if (!first && now - said < REMIND) return;
      said = now;
      log.warn({ brokers }, `${text()}. Trying again until it is back`);
    },
    over() {
      if (since === undefined) return;
      log.info({ brokers }, `Kafka at ${brokers} is back after ${Math.round(lasts() / 1000)} s`);
      since = undefined;
    },
  };
}
