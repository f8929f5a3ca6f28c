import { spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** Below those that a system hands out by itself: what was free remains so until a service takes it, seconds later. */
const PORTS = { first: 10_000, end: 32_000 };

let nextPort = randomInt(PORTS.first, PORTS.end);

/** A port of the loopback that nobody listens on, and that no other process is given while this one lives. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = nextPort;
    nextPort = port + 1 < PORTS.end ? port + 1 : PORTS.first;
    if (claimPort(port) && (await isFree(port))) return port;
  }
}

/** Files of this user's, one for each port that was given away: a service takes its port late, and leaves it when it is halted. */
const CLAIMS = join(tmpdir(), `driftd-ports-${process.getuid?.() ?? 0}`);

function claimPort(port: number): boolean {
  const file = join(CLAIMS, String(port));
  mkdirSync(CLAIMS, { recursive: true });
  try {
    writeFileSync(file, String(process.pid), { flag: "wx" });
    return true;
  } catch {
    if (!isAlive(ownerOf(file))) rmSync(file, { force: true });
    return false;
  }
}

/** The process that a file names. It may be about to write itself into it: then this one, which lives. */
function ownerOf(file: string): number {
  try {
    return Number(readFileSync(file, "utf8")) || process.pid;
  } catch {
    return process.pid;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.on("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}

export interface ServiceProcess {
  readonly pid: number;
  /** What it printed. */
  output(): string;
  /** Ends it by its pid and waits until it is gone; at once with SIGKILL. */
  stop(signal?: "SIGTERM" | "SIGKILL"): Promise<void>;
}

/** Starts a program that outlives the caller unless it is stopped; its output goes to `log`. */
export function startProcess(command: string, args: readonly string[], log: string): ServiceProcess {
  const output = openSync(log, "a");
  const child = spawn(command, args, { detached: true, stdio: ["ignore", output, output] });
  closeSync(output);
  child.unref();
  const { pid } = child;
  if (pid === undefined) throw new Error(`${command} could not be started`);
  return {
    pid,
    output: () => readFileSync(log, "utf8"),
    stop: (signal) => stopProcess(pid, signal),
  };
}

export async function stopProcess(pid: number, signal: "SIGTERM" | "SIGKILL" = "SIGTERM"): Promise<void> {
  const patience = Date.now() + 15_000;
  for (let next: NodeJS.Signals = signal; isAlive(pid); await sleep(20)) {
    try {
      process.kill(pid, next);
    } catch {
      // It has ended since it was looked at.
    }
    next = Date.now() > patience ? "SIGKILL" : signal;
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !isZombie(pid);
  } catch {
    return false;
  }
}

/** A process that ended but whose parent has not looked yet. */
function isZombie(pid: number): boolean {
  try {
    return /^\d+ \(.*\) Z/s.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}

/** Tries until it succeeds; fails with the last error, and the service's output, after `timeout` ms or if it is gone. */
export async function waitFor<T>(
  what: string,
  service: ServiceProcess,
  attempt: () => Promise<T>,
  timeout = 200_000,
): Promise<T> {
  const end = Date.now() + timeout;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (Date.now() > end || !isAlive(service.pid)) {
        const tail = service.output().slice(-2000);
        throw new Error(`${what} did not become ready. It said:\n${tail}`, { cause: error });
      }
    }
    await sleep(100);
  }
}
