import type { Config } from "../config/config.ts";
import { systemClock } from "../runtime/clock.ts";
import type { Log } from "../runtime/log.ts";
import type { Store } from "../state/store.ts";
import { openWaitingRoom } from "../daemon/waiting-room.ts";
import type { CommandIo } from "./io.ts";
import { openStore } from "./open-store.ts";

/**
 * Opens the daemon's store, and waits for one that is away as long as that takes, answering for the daemon meanwhile. Undefined
 * where it was told to stop before. Rejects as openStore does, and with PORT_IN_USE or LISTEN_FAILED.
 */
export async function awaitStore(
  config: Pick<Config, "state" | "http">,
  io: Pick<CommandIo, "pid" | "signal">,
  log: Log,
): Promise<Store | undefined> {
  const unheard = new AbortController();
  let room: Promise<(() => Promise<void>) | undefined> | undefined;
  try {
    return await openStore(config, io, {
      log,
      patience: Number.POSITIVE_INFINITY,
      isWritten: true,
      signal: AbortSignal.any([io.signal, unheard.signal]),
      onWaiting(outage) {
        room ??= openWaitingRoom({ http: config.http, clock: systemClock, log, outage }).catch((error) => {
          unheard.abort(error);
          return undefined;
        });
      },
    });
  } catch (error) {
    if (unheard.signal.aborted) throw unheard.signal.reason;
    if (!io.signal.aborted) throw error;
    log.info("told to stop before the state store came");
    return undefined;
  } finally {
    await (
      await room
    )?.();
  }
}
