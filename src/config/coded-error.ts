/**
 * The catalogue of errors that people meet, each with a stable code and the exit status it ends a command with: 2 usage,
 * 70 runtime failure, 78 bad configuration, 130 told to stop by Ctrl-C. A message says what happened, where, and what to do.
 */
const ERRORS = {
  CONFIG_INVALID: { exit: 78 },
  CONFIG_NOT_FOUND: { exit: 78 },
  REFERENCE_INVALID: { exit: 78 },
  SOURCE_INVALID: { exit: 78 },
  USAGE: { exit: 2 },
  INTERRUPTED: { exit: 130 },
  KAFKA_FAILED: { exit: 70 },
  TOPIC_MISSING: { exit: 70 },
  PARTITIONS_DIFFER: { exit: 78 },
  PORT_IN_USE: { exit: 70 },
  LISTEN_FAILED: { exit: 70 },
  STATE_LOCKED: { exit: 70 },
  STATE_DAMAGED: { exit: 70 },
  STATE_FULL: { exit: 70 },
  STATE_FAILED: { exit: 70 },
  STATE_NEWER: { exit: 78 },
  STATE_OLDER: { exit: 78 },
  STATE_UNFIT: { exit: 78 },
  QUARANTINE_FAILED: { exit: 70 },
  REPORT_FAILED: { exit: 70 },
  DAEMON_FAILED: { exit: 70 },
} as const satisfies Record<string, { readonly exit: 2 | 70 | 78 | 130 }>;

export type ErrorCode = keyof typeof ERRORS;

/** An error meant for a person; anything else that reaches main.ts is a bug and is shown with its stack. */
export class CodedError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = "CodedError";
    this.code = code;
  }

  get exit(): number {
    return ERRORS[this.code].exit;
  }
}
