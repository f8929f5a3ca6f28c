import { destination as openDestination, pino, stdTimeFunctions } from "pino";
import type { DestinationStream, Level, Logger, LoggerOptions } from "pino";

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

/**
 * JSON lines with RFC 3339 times. The values of events are never logged; known secrets are blanked in any case. One error is told
 * once: what fails of it besides is for debugging.
 */
export function createLog({ level = "info", destination }: LogOptions = {}): Log {
  const keys = [...SECRET_KEYS, ...EVENT_KEYS];
  return pino(
    {
      level,
      base: null,
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      hooks: { logMethod: createErrorFilter() },
      redact: { paths: keys.flatMap((key) => [key, `*.${key}`, `*.*.${key}`]), censor: "[hidden]" },
    },
    destination ?? openDestination({ fd: STANDARD_ERROR, sync: true }),
  );
}

/** As pino numbers levels. */
const DEBUG = 20;

type LogMethod = NonNullable<NonNullable<LoggerOptions["hooks"]>["logMethod"]>;

/** When nothing can go on, many wait for the same thing, and each would say what it failed of. */
function createErrorFilter(): LogMethod {
  const told = new WeakSet<Error>();
  return function filter(args, method, level) {
    const chain = causesOf(args[0]);
    const isKnown = level > DEBUG && chain.some((error) => told.has(error));
    for (const error of chain) told.add(error);
    if (isKnown) this.debug(...args);
    else method.apply(this, args);
  };
}

/** The error that a line is about, what it was caused by, and so on. */
function causesOf(fields: unknown): Error[] {
  const chain: Error[] = [];
  let error: unknown =
    typeof fields === "object" && fields !== null && "err" in fields ? fields.err : undefined;
  for (; error instanceof Error && !chain.includes(error); error = error.cause) chain.push(error);
  return chain;
}
