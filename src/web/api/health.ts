import type { Clock } from "../../runtime/clock.ts";
import type { Server } from "../../runtime/server.ts";

export interface HealthSource {
  readonly clock: Clock;
  /** Wall-clock ms of the consume loop's last sign of progress: a fetch or a heartbeat. */
  lastProgress(): number;
  /** Milliseconds without progress after which the daemon counts as stuck. */
  readonly patience: number;
  /** Why the daemon cannot take work yet, as one lower-case phrase; undefined once it can. */
  notReady(): string | undefined;
}

/**
 * `GET /healthz`: 200 while the consume loop makes progress, 503 with the reason when it does not: a process that answers
 * but reads nothing must be restarted. `GET /readyz`: 200 once started, 503 with the reason before.
 */
export function registerHealth(server: Server, source: HealthSource): void {
  server.get("/healthz", (_request, reply) => {
    const { now } = source.clock.tick();
    const silence = now - source.lastProgress();
    const secondsSinceProgress = Math.max(0, Math.round(silence / 1000));
    if (silence <= source.patience) return { status: "ok", secondsSinceProgress };
    const reason = `no fetch and no heartbeat for ${secondsSinceProgress} s; ${source.patience / 1000} s are allowed`;
    return reply.code(503).send({ status: "stuck", reason, secondsSinceProgress });
  });
  server.get("/readyz", (_request, reply) => {
    const reason = source.notReady();
    if (reason === undefined) return { status: "ready" };
    return reply.code(503).send({ status: "not ready", reason });
  });
}
