import type { CommandIo } from "../../../src/commands/io.ts";

/** What a command has of its process, with all that it wrote. */
export function demoIo(signal = new AbortController().signal): {
  io: CommandIo;
  written: { stdout: string; stderr: string };
} {
  const written = { stdout: "", stderr: "" };
  const io: CommandIo = {
    stdout: { write: (text) => (written.stdout += text) },
    stderr: { write: (text) => (written.stderr += text) },
    env: {},
    cwd: "/",
    signal,
    isTerminal: false,
    pid: 1,
    nodeVersion: "v20.19.0",
    readProcess: () => ({
      cpuSeconds: 0,
      residentBytes: 0,
      heapUsedBytes: 0,
      externalBytes: 0,
      startedAt: 0,
      loopDelay: 0,
    }),
  };
  return { io, written };
}
