import type { Clock } from "../../runtime/clock.ts";
import type { Server } from "../../runtime/server.ts";

export interface HealthSource {
  readonly clock: Clock;
  /** Wall-clock ms of the consume loop's last sign of progress: a fetch or a heartbeat. */
  lastProgress(): number;
  /** Milliseconds without progress after which the daemon counts as stuck. */
  readonly patience: number;
  /** What the daemon waits for that others must mend, one sentence each without its full stop. */
  outages(): readonly string[];
  /** Why the daemon reads nothing although nothing is wrong, one phrase for each source that others read. */
  standby(): readonly string[];
  /** Why the daemon cannot take work yet, as one lower-case phrase; undefined once it can. */
  notReady(): string | undefined;
}

/**
 * `GET /healthz`: 200 while the consume loop makes progress, 503 with the reason when it does not: a process that answers
 * but reads nothing must be restarted. Waiting for Kafka is progress, and said under `waitingFor`: a restart would not bring
 * it back; so is standing by while other members of a fleet have all the tasks, under `standingBy`. `GET /readyz`: 200 once started, 503 with the reason before; an outage later changes nothing, since in a pod with
 * the model's server it would take that one out of service too.
 */
export function registerHealth(server: Server, source: HealthSource): void {
  server.get("/healthz", (_request, reply) => {
    const { now } = source.clock.tick();
    const silence = now - source.lastProgress();
    const secondsSinceProgress = Math.max(0, Math.round(silence / 1000));
    const waitingFor = source.outages();
    const waiting = waitingFor.length === 0 ? {} : { waitingFor };
    const standingBy = source.standby();
    const standby = standingBy.length === 0 ? {} : { standingBy };
    if (silence <= source.patience) return { status: "ok", secondsSinceProgress, ...waiting, ...standby };
    const reason = `no fetch and no heartbeat for ${secondsSinceProgress} s; ${source.patience / 1000} s are allowed`;
    return reply.code(503).send({ status: "stuck", reason, secondsSinceProgress });
  });
  server.get("/readyz", (_request, reply) => {
    const reason = source.notReady();
    if (reason === undefined) return { status: "ready" };
    return reply.code(503).send({ status: "not ready", reason });
  });
}
