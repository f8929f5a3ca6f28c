#!/usr/bin/env node
import { monitorEventLoopDelay } from "node:perf_hooks";
import { run } from "./commands/program.ts";

// The only file that touches the process: arguments, environment, streams, signals, exit status.
const controller = new AbortController();
for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => stop(signal));
let hangUp = (): void => stop("SIGHUP");
process.on("SIGHUP", () => hangUp());

function stop(signal: NodeJS.Signals): void {
  // Whoever asks twice does not want to wait.
  if (controller.signal.aborted) process.exit(130);
  controller.abort(signal);
}

process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  // Whoever read the output has gone: `driftd demo | head` ends as if it had been told to.
  controller.abort("SIGPIPE");
});

const started = Date.now();
const loop = monitorEventLoopDelay();
loop.enable();
process.exitCode = await run(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  cwd: process.cwd(),
  signal: controller.signal,
  onHangUp(listener) {
    // A terminal that hangs up is the end of whoever writes to it.
    if (process.stderr.isTTY !== true) hangUp = listener;
  },
  isTerminal: process.stdout.isTTY === true,
  // A terminal that does not know its size says 0.
  columns: process.stdout.columns || undefined,
  readProcess: () => {
    const { user, system } = process.cpuUsage();
    const memory = process.memoryUsage();
    const loopDelay = loop.percentile(99) / 1e9;
    loop.reset();
    return {
      cpuSeconds: (user + system) / 1e6,
      residentBytes: memory.rss,
      heapUsedBytes: memory.heapUsed,
      externalBytes: memory.external,
      startedAt: started,
      loopDelay,
    };
  },
  pid: process.pid,
  nodeVersion: process.version,
});

/** For the last words to be written, ms. */
const LAST_WORDS = 500;

// What could not be closed has been said, and is no reason to stay; only what was written may still be on its way.
const leaving = setInterval(() => {
  if (process.stdout.writableLength + process.stderr.writableLength === 0) process.exit();
}, LAST_WORDS);
leaving.unref();
