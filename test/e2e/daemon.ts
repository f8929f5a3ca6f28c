import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { onTestFinished } from "vitest";
import { driftdProgram } from "./program.ts";

/** A line of the daemon's log, as pino writes it. */
interface LogLine {
  readonly level: string;
  readonly msg: string;
  readonly [field: string]: unknown;
}

interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** From the signal that was sent, if one was, to the end. */
  readonly milliseconds: number;
}

/** Where a stream's records and rows went, as GET /api/accounting says it. */
export interface Accounting {
  readonly records: Readonly<Record<"received" | "decoded" | "undecodable" | "ignored" | "oversize", number>>;
  readonly rows: {
    readonly received: number;
    readonly measured: number;
    readonly waiting: number;
    readonly dropped: Readonly<Record<string, number>>;
    readonly revised: number;
    readonly balanced: boolean;
  };
}

/** An alert, as GET /api/alerts says it. */
interface ShownAlert {
  readonly id: string;
  readonly alert: string;
  readonly state: string;
  readonly version?: string;
  readonly column?: string;
  readonly startsAt: string;
  readonly explanation: string;
}

/** `driftd run` as a process of its own. */
export interface Daemon {
  readonly pid: number;
  /** Settles with the first log line of this message, not counting the first `skip`; rejects if the daemon ends before. */
  said(message: string | RegExp, skip?: number): Promise<LogLine>;
  log(): readonly LogLine[];
  /** Settles with the first log line of an alert in this state: it may come a moment after what HTTP tells. */
  logged(state: "firing" | "resolved"): Promise<LogLine>;
  /** What it wrote on standard error, log and all. */
  stderr(): string;
  /** The answer's text; its status must be 200. */
  text(path: string): Promise<string>;
  status(path: string): Promise<number>;
  accounting(stream: string): Promise<Accounting>;
  /** The accounting once it satisfies `enough`. */
  accounted(stream: string, enough: (accounting: Accounting) => boolean): Promise<Accounting>;
  alerts(): Promise<readonly ShownAlert[]>;
  /** The lines of one metric. */
  metric(name: string): Promise<readonly string[]>;
  /** Settles once /metrics has this line. */
  shows(line: string): Promise<void>;
  /** Settles once /readyz answers 200. */
  ready(): Promise<void>;
  readonly exit: Promise<Exit>;
  /** Sends the signal and waits for the end. */
  end(signal?: NodeJS.Signals): Promise<Exit>;
  signal(signal: NodeJS.Signals): void;
}

/** How long a test waits for anything, ms: far longer than it takes, since other tests may have the machine. */
const PATIENCE = 120_000;

/** Starts `driftd run` on the project in the directory; it ends with the test at the latest. */
export async function startDaemon(directory: string): Promise<Daemon> {
  // Without what vitest sets: kafkajs behaves otherwise where NODE_ENV is `test`.
  const { PATH = "", HOME = "", TMPDIR } = process.env;
  const child = spawn(process.execPath, [await driftdProgram(), "run"], {
    cwd: directory,
    env: { PATH, HOME, ...(TMPDIR === undefined ? {} : { TMPDIR }) },
    stdio: ["ignore", "inherit", "pipe"],
  });
  let stderr = "";
  let asked = Date.now();
  child.stderr.on("data", (bytes: Buffer) => (stderr += bytes.toString()));
  const exit = once(child, "close").then(([code, signal]): Exit => {
    // Node's documented arguments of `close`.
    const ended = { code: code as number | null, signal: signal as NodeJS.Signals | null };
    return { ...ended, milliseconds: Date.now() - asked };
  });
  const hasEnded = (): boolean => child.exitCode !== null || child.signalCode !== null;
  const log = (): LogLine[] => linesOf(stderr);
  onTestFinished(async () => {
    if (!hasEnded()) child.kill("SIGKILL");
    await exit;
  });

  /** Tries until there is an answer; a daemon that has ended gives none any more. */
  async function wait<T>(what: string, attempt: () => Promise<T | undefined> | T | undefined): Promise<T> {
    for (const end = Date.now() + PATIENCE; Date.now() < end; await sleep(20)) {
      const ended = hasEnded();
      const found = await attempt();
      if (found !== undefined) return found;
      if (ended) break;
    }
    throw new Error(`${what} never came. The daemon said:\n${stderr.slice(-6000)}`);
  }

  const said = (message: string | RegExp, skip = 0): Promise<LogLine> =>
    wait(String(message), () =>
      log()
        .slice(skip)
        .find(({ msg }) => (typeof message === "string" ? msg === message : message.test(msg))),
    );
  const request = async (path: string): Promise<Response> =>
    fetch(`${String((await said("listening"))["url"])}${path}`);
  const text = async (path: string): Promise<string> => {
    const response = await request(path);
    if (!response.ok) throw new Error(`${path} answers ${response.status}: ${await response.text()}`);
    return response.text();
  };
  const accounting = async (stream: string): Promise<Accounting> => {
    // web/api/accounting.ts says what it answers.
    const { streams } = JSON.parse(await text("/api/accounting")) as {
      streams: Readonly<Record<string, Accounting>>;
    };
    const found = streams[stream];
    if (found === undefined) throw new Error(`there is no stream ${stream}`);
    return found;
  };

  return {
    pid: child.pid ?? 0,
    said,
    log,
    logged: (state) => wait(`an alert that is ${state}`, () => log().find((line) => line["state"] === state)),
    stderr: () => stderr,
    text,
    status: async (path) => (await request(path)).status,
    accounting,
    async accounted(stream, enough) {
      let last: Accounting | undefined;
      return wait(`enough in ${stream}`, async () => {
        last = await accounting(stream);
        return enough(last) ? last : undefined;
      }).catch((error: unknown) => {
        throw new Error(`${stream} stands at ${JSON.stringify(last)}`, { cause: error });
      });
    },
    async alerts() {
      // web/api/alerts.ts says what it answers.
      return (JSON.parse(await text("/api/alerts")) as { alerts: readonly ShownAlert[] }).alerts;
    },
    async metric(name) {
      const lines = (await text("/metrics")).split("\n");
      return lines.filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `));
    },
    async shows(line) {
      await wait(line, async () => ((await text("/metrics")).split("\n").includes(line) ? line : undefined));
    },
    async ready() {
      await wait("readiness", async () => ((await request("/readyz")).ok ? true : undefined));
    },
    exit,
    end(signal = "SIGTERM") {
      asked = Date.now();
      child.kill(signal);
      return exit;
    },
    signal: (signal) => void child.kill(signal),
  };
}

/** What a person is told (`driftd: CODE: ...`) is no log line. */
function linesOf(stderr: string): LogLine[] {
  return stderr
    .split("\n")
    .slice(0, -1)
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line) as LogLine);
}

/** Waits until `attempt` answers something; for what is outside the daemon. */
export async function eventually<T>(what: string, attempt: () => Promise<T | undefined>): Promise<T> {
  for (const end = Date.now() + PATIENCE; Date.now() < end; await sleep(50)) {
    const found = await attempt();
    if (found !== undefined) return found;
  }
  throw new Error(`waited ${PATIENCE} ms in vain for ${what}`);
}
