import type { Clock } from "../runtime/clock.ts";
import type { Log } from "../runtime/log.ts";

/** While Redis is away the log says so this often, ms. */
const REMIND = 30_000;

/** Says in the log when Redis goes away, that it still is, and when it is back. */
export interface RedisOutage {
  /** `who` was refused, or got no answer; `state` says what Redis is then. */
  note(who: object, reason: string, state?: string): void;
  /** `who` is answered. */
  over(who: object): void;
  /** What is wrong, in one sentence without its full stop; undefined where nothing is. */
  text(): string | undefined;
}

export function createRedisOutage(options: { address: string; clock: Clock; log: Log }): RedisOutage {
  const { address, clock, log } = options;
  const waiting = new Map<object, { reason: string; state: string }>();
  let since = 0;
  let said = 0;
  const seconds = (): number => Math.round((clock.tick().now - since) / 1000);
  const text = (): string | undefined => {
    const [first] = waiting.values();
    if (first === undefined) return undefined;
    const { reason, state } = first;
    const lasts = seconds();
    return `Redis at ${address} ${state}${lasts === 0 ? "" : `, for ${lasts} s now`}: ${reason}`;
  };
  return {
    text,
    note(who, reason, state = "is away") {
      const { now } = clock.tick();
      const first = waiting.size === 0;
      if (first) since = now;
      waiting.set(who, { reason, state });
      if (!first && now - said < REMIND) return;
      said = now;
      log.warn({ redis: address }, `${text()}. Trying again until it is back`);
    },
    over(who) {
      if (!waiting.delete(who) || waiting.size > 0) return;
      log.info({ redis: address }, `Redis at ${address} is back after ${seconds()} s`);
    },
  };
}
