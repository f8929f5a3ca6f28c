import { destination as openDestination, pino, stdTimeFunctions } from "pino";
import type { DestinationStream, Level, Logger } from "pino";

export type Log = Logger;

/** Secrets, wherever a configuration or an error carries them, down to three levels. */
const SECRET_KEYS = ["password", "secret", "token", "authorization", "cookie", "sasl"];
/** What came in belongs to people; a log line names its coordinates (stream, partition, offset) instead. */
const EVENT_KEYS = ["event", "record", "row", "payload", "raw"];

const STANDARD_ERROR = 2;

export interface LogOptions {
  readonly level?: Level | "silent";
  /** Where lines go; standard error by default, so that a command's output stays its own. */
  readonly destination?: DestinationStream;
}

/** JSON lines with RFC 3339 times. The values of events are never logged; known secrets are blanked in any case. */
export function createLog({ level = "info", destination }: LogOptions = {}): Log {
  const keys = [...SECRET_KEYS, ...EVENT_KEYS];
  return pino(
    {
      level,
      base: null,
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: keys.flatMap((key) => [key, `*.${key}`, `*.*.${key}`]), censor: "[hidden]" },
    },
    destination ?? openDestination({ fd: STANDARD_ERROR, sync: true }),
  );
}
