import { createLog } from "../../src/runtime/log.ts";
import type { Log } from "../../src/runtime/log.ts";

/** A log that keeps its lines as parsed JSON. */
export function recordLog(level: "debug" | "info" = "debug"): { log: Log; lines: Record<string, unknown>[] } {
  const lines: Record<string, unknown>[] = [];
  const log = createLog({
    level,
    // pino writes one whole JSON object per call.
    destination: { write: (line) => void lines.push(JSON.parse(line) as Record<string, unknown>) },
  });
  return { log, lines };
}
