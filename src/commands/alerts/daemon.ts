import { readConfig } from "../../config/config-file.ts";
import { CodedError } from "../../config/coded-error.ts";
import type { HttpConfig } from "../../config/config.ts";
import { formatFault } from "../../config/fault.ts";
import { resolvePath } from "../../config/path.ts";
import { readText } from "../../runtime/files.ts";
import type { CommandIo } from "../io.ts";

export interface DaemonOptions {
  readonly configFile: string;
  /** In place of the address that the configuration names. */
  readonly url?: string;
  readonly json: boolean;
}

/** Asks the daemon that runs. */
export interface DaemonClient {
  /** The answer's JSON. Rejects with DAEMON_FAILED where it cannot be reached, or refuses. */
  ask(path: string, body?: object): Promise<unknown>;
}

/** How long an answer may take, ms: a judgement waits for a batch of records at most. */
const PATIENCE = 15_000;

/**
 * Finds the daemon by its configuration, which may be missing where the url is given and no token is asked for.
 * Rejects with CONFIG_NOT_FOUND, CONFIG_INVALID, or USAGE where the url is none.
 */
export async function findDaemon(
  { configFile, url }: DaemonOptions,
  io: Pick<CommandIo, "env" | "cwd" | "signal">,
): Promise<DaemonClient> {
  if (url !== undefined && !/^https?:\/\/./.test(url))
    throw new CodedError("USAGE", `--url ${url} is no address. Write it as http://localhost:9464.`);
  const http = await readHttp(configFile, io).catch((error: unknown) => {
    const isMissing = error instanceof CodedError && error.code === "CONFIG_NOT_FOUND";
    if (isMissing && url !== undefined) return undefined;
    throw error;
  });
  const base = (url ?? (http && addressOf(http)) ?? "").replace(/\/$/, "");
  const role = { what: "token file", code: "CONFIG_INVALID" } as const;
  const token = http?.tokenFile === undefined ? undefined : (await readText(http.tokenFile, role)).trim();
  const authorization: Record<string, string> =
    token === undefined ? {} : { authorization: `Bearer ${token}` };
  return {
    async ask(path, body) {
      const init = body && {
        method: "POST",
        headers: { ...authorization, "content-type": "application/json" },
        body: JSON.stringify(body),
      };
      const signal = AbortSignal.any([io.signal, AbortSignal.timeout(PATIENCE)]);
      const response = await fetch(`${base}${path}`, { ...init, signal }).catch((cause: unknown) => {
        const message = `No daemon answers at ${base}. Start it with driftd run, or name its address with --url.`;
        throw new CodedError("DAEMON_FAILED", message, { cause });
      });
      const answer: unknown = await response.json().catch(() => undefined);
      if (response.ok) return answer;
      throw new CodedError("DAEMON_FAILED", `${base} answers ${response.status}: ${messageOf(answer)}`);
    },
  };
}

async function readHttp(configFile: string, io: Pick<CommandIo, "env" | "cwd">): Promise<HttpConfig> {
  const file = resolvePath(io.cwd, configFile);
  const text = await readText(file, { what: "configuration", code: "CONFIG_NOT_FOUND" });
  const { config, faults } = readConfig({ text, file, env: io.env });
  if (config !== undefined) return config.http;
  throw new CodedError("CONFIG_INVALID", faults.map(formatFault).join("\n"));
}

/** Whoever listens on all addresses is found on the machine's own. */
function addressOf({ host, port }: HttpConfig): string {
  const own = host === "0.0.0.0" ? "127.0.0.1" : host === "::" ? "::1" : host;
  return `http://${own.includes(":") ? `[${own}]` : own}:${port}`;
}

function messageOf(answer: unknown): string {
  // Every error of the daemon leaves it in this shape; another server may stand there.
  const { error } = (answer ?? {}) as { readonly error?: { readonly message?: unknown } };
  return typeof error?.message === "string"
    ? error.message
    : "that is no answer of driftd; check the address";
}
