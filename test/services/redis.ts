import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";
import { freePort, startProcess, waitFor, type ServiceProcess } from "./process.ts";
import { findProgram } from "./service.ts";

const PROGRAM = "redis-server";

/** Why there is no Redis for tests here; undefined where there is. */
export const redisMissing: string | undefined =
  findProgram(PROGRAM) === undefined ? `${PROGRAM} is not on the PATH (Debian: redis-server)` : undefined;

export interface RedisService {
  readonly port: number;
  /** Of the process that runs now. */
  pid(): number;
  /** redis://127.0.0.1:PORT */
  readonly url: string;
  readonly directory: string;
  /** A client of the test's own, which the test closes. */
  client(): Redis;
  /** Ends the lease of who leads there, as time would. */
  expireLead(prefix: string): Promise<void>;
  /** Ends it; its data stays. */
  halt(signal?: "SIGTERM" | "SIGKILL"): Promise<void>;
  /** Stops it where it stands: its connections stay open, and nothing answers. */
  freeze(): void;
  thaw(): void;
  /** Starts what was halted again, on the same port and data, and waits until it answers. */
  resume(): Promise<void>;
  /** Ends it and deletes its data. */
  stop(): Promise<void>;
}

/** Starts Redis on a free port, loopback only, with an append-only file; `settings` as on its command line. */
export async function startRedis(settings: readonly string[] = []): Promise<RedisService> {
  const directory = mkdtempSync(join(tmpdir(), "driftd-redis-"));
  const port = await freePort();
  const place = `--port ${port} --bind 127.0.0.1 --daemonize no --appendonly yes --appendfsync everysec`;
  const args = [...place.split(" "), "--save", "", "--dir", directory, ...settings];
  const log = join(directory, "output.log");
  const client = (): Redis =>
    new Redis({ host: "127.0.0.1", port, protocol: 2, disableClientInfo: true, lazyConnect: true });
  let server = await start(args, log);
  return {
    port,
    pid: () => server.pid,
    url: `redis://127.0.0.1:${port}`,
    directory,
    client,
    async expireLead(prefix) {
      const redis = client();
      await redis.del(`driftd:{${prefix}}:lead`);
      redis.disconnect();
    },
    halt: (signal) => server.stop(signal),
    freeze: () => process.kill(server.pid, "SIGSTOP"),
    thaw: () => process.kill(server.pid, "SIGCONT"),
    async resume() {
      server = await start(args, log);
    },
    async stop() {
      await server.stop("SIGKILL");
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

async function start(args: readonly string[], log: string): Promise<ServiceProcess> {
  const said = existsSync(log) ? readFileSync(log, "utf8").length : 0;
  const server = startProcess(PROGRAM, args, log);
  await waitFor(PROGRAM, server, async () => {
    // It may ask for a password: what it says of itself is as good as an answer.
    if (!server.output().slice(said).includes("Ready to accept connections"))
      throw new Error("not ready yet");
  }).catch(async (error: unknown) => {
    await server.stop("SIGKILL");
    throw error;
  });
  return server;
}
