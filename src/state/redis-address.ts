import { CodedError } from "../config/coded-error.ts";

/** Where Redis is: how the client is told, and how people are, without the password. */
export interface RedisAddress {
  readonly text: string;
  readonly options: {
    readonly host: string;
    readonly port: number;
    readonly db: number;
    readonly username?: string;
    readonly password?: string;
    /** Absent: without TLS. */
    readonly tls?: Record<string, never>;
  };
}

const DEFAULT_PORT = 6379;

/** Reads redis://[USER:PASSWORD@]HOST[:PORT][/DATABASE], rediss:// with TLS. Throws CONFIG_INVALID, which never quotes it. */
export function readAddress(url: string): RedisAddress {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  const database = parsed?.pathname.replace(/^\//, "") ?? "";
  const isRedis = parsed?.protocol === "redis:" || parsed?.protocol === "rediss:";
  if (parsed === undefined || !isRedis || parsed.hostname === "" || !/^\d{0,5}$/.test(database)) {
    throw new CodedError(
      "CONFIG_INVALID",
      "state.url is no address of Redis. Write redis://HOST:PORT, redis://USER:PASSWORD@HOST:PORT/DATABASE, or rediss:// for TLS.",
    );
  }
  const host = parsed.hostname.replace(/^\[(.*)\]$/, "$1");
  const port = parsed.port === "" ? DEFAULT_PORT : Number(parsed.port);
  const username = decode(parsed.username);
  const password = decode(parsed.password);
  return {
    text: `${parsed.hostname}:${port}`,
    options: {
      host,
      port,
      db: Number(database),
      ...(username === "" ? {} : { username }),
      ...(password === "" ? {} : { password }),
      ...(parsed.protocol === "rediss:" ? { tls: {} } : {}),
    },
  };
}

/** A password may hold a bare %, which is then no escape. */
function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
