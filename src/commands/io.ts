import type { ShownProcess } from "../publish/metrics.ts";

/** Where a command's words go. */
export interface Output {
  write(text: string): void;
}

/** Everything that a command has of the process that runs it; main.ts is the only file that touches `process`. */
export interface CommandIo {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Aborted when the process is asked to end. */
  readonly signal: AbortSignal;
  /**
   * Has the command hear of SIGHUP from now on, on which daemons read their files again; it ends whoever does not ask, and whoever
   * writes to a terminal, which is gone then.
   */
  onHangUp?(listener: () => void): void;
  /** Whether a person looks at stdout and stderr. */
  readonly isTerminal: boolean;
  /** Characters in a line of the terminal. */
  readonly columns?: number | undefined;
  /** Of this process. */
  readonly pid: number;
  /** Of the node that runs it. */
  readonly nodeVersion: string;
  /** What the process uses right now. */
  readProcess(): ShownProcess;
}
