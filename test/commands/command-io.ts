import { run } from "../../src/commands/program.ts";

/** What a command line wrote, and how it ended. */
export interface Ended {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

/** Runs `driftd ...argv` in this process. */
export async function runCommand(
  argv: readonly string[],
  options: { cwd?: string; signal?: AbortSignal } = {},
): Promise<Ended> {
  let out = "";
  let err = "";
  const status = await run(argv, {
    stdout: { write: (text) => (out += text) },
    stderr: { write: (text) => (err += text) },
    env: {},
    cwd: options.cwd ?? "/",
    signal: options.signal ?? new AbortController().signal,
    isTerminal: false,
    pid: process.pid,
    nodeVersion: process.version,
    readProcess: () => {
      throw new Error("nobody asks");
    },
  });
  return { status, out, err };
}
