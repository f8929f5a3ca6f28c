import type { Clock } from "../runtime/clock.ts";
import type { Log } from "../runtime/log.ts";
import { createServer, listen, type Address } from "../runtime/server.ts";
import { registerHealth } from "../web/api/health.ts";

/** What waits there cannot be told from an address that leads nowhere. */
const WAITING =
  "waiting for the state store, and answering /healthz meanwhile. If it never comes, check state.url (rediss:// where that port " +
  "speaks TLS), and that Redis runs and lets this machine in";

/**
 * Answers /healthz and /readyz of a daemon that waits for its store before it can do anything else: whoever supervises it would
 * otherwise end it, and start it again later each time. Answers how it is closed, which frees the port. Rejects with PORT_IN_USE or LISTEN_FAILED.
 */
export async function openWaitingRoom(options: {
  readonly http: Address;
  readonly clock: Clock;
  readonly log: Log;
  /** What is waited for, in one sentence without its full stop. */
  readonly outage: () => string | undefined;
}): Promise<() => Promise<void>> {
  const { http, clock, log, outage } = options;
  const server = createServer({ log });
  registerHealth(server, {
    clock,
    patience: Number.POSITIVE_INFINITY,
    lastProgress: () => clock.tick().now,
    outages: () => [outage() ?? "the state store is away"],
    standby: () => [],
    notReady: () => "waiting for the state store",
  });
  const { url } = await listen(server, http);
  log.warn({ url }, WAITING);
  return async () => server.close();
}
