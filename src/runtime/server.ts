import { fastify } from "fastify";
import type { FastifyInstance } from "fastify";
import { CodedError } from "../config/coded-error.ts";
import type { Log } from "./log.ts";
import { countRequests, type RequestCounts } from "./request-counts.ts";

export interface Server extends FastifyInstance {
  readonly requests: RequestCounts;
}

/** Nothing that driftd serves takes long or takes much in; whoever is slower or larger is cut off. */
const LIMITS = {
  bodyLimit: 1_048_576,
  requestTimeout: 15_000,
  connectionTimeout: 30_000,
  // Longer than Go's clients keep an idle connection (90 s): one that the server closes first may take a request along.
  keepAliveTimeout: 120_000,
  maxRequestsPerSocket: 10_000,
};

/**
 * The one HTTP server. Doors register their routes on it; every error leaves it as JSON `{error: {code, message}}`, and every
 * request is counted.
 */
export function createServer({ log }: { readonly log: Log }): Server {
  const options = { ...LIMITS, logger: false, forceCloseConnections: true, return503OnClosing: true };
  const app = fastify(options);
  const server = Object.assign(app, { requests: countRequests(app, log) });
  server.setNotFoundHandler((request, reply) =>
    reply
      .code(404)
      .send({ error: { code: "NOT_FOUND", message: `There is no ${request.method} ${request.url}.` } }),
  );
  server.setErrorHandler((error, request, reply) => {
    const fault = error instanceof Error ? error : new Error(String(error));
    const status = "statusCode" in fault && typeof fault.statusCode === "number" ? fault.statusCode : 500;
    if (status >= 500) {
      log.error({ err: fault, method: request.method, route: request.routeOptions.url }, "request failed");
      return reply
        .code(500)
        .send({ error: { code: "INTERNAL", message: "The request failed. The log says why." } });
    }
    const code = "code" in fault && typeof fault.code === "string" ? fault.code : "BAD_REQUEST";
    return reply.code(status).send({ error: { code, message: fault.message } });
  });
  return server;
}

export interface Address {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
}

/** Starts to listen; answers the address with the port that was taken. Rejects with PORT_IN_USE or LISTEN_FAILED. */
export async function listen(
  server: Server,
  { host, port }: Address,
): Promise<Address & { readonly url: string }> {
  try {
    await server.listen({ host, port });
  } catch (cause) {
    throw listenError({ host, port }, cause);
  }
  const address = server.server.address();
  const bound = address !== null && typeof address === "object" ? address.port : port;
  return { host, port: bound, url: `http://${host.includes(":") ? `[${host}]` : host}:${bound}` };
}

function listenError({ host, port }: Address, cause: unknown): CodedError {
  const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
  if (code === "EADDRINUSE") {
    return new CodedError(
      "PORT_IN_USE",
      `Port ${port} on ${host} is taken. Set http.port in driftd.yaml to another port, or stop what listens there.`,
      { cause },
    );
  }
  const advice =
    code === "EACCES"
      ? "Ports below 1024 need privileges; choose a higher one."
      : code === "EADDRNOTAVAIL"
        ? "This machine has no such address; check http.host in driftd.yaml."
        : String(cause instanceof Error ? cause.message : cause);
  return new CodedError("LISTEN_FAILED", `Cannot listen on ${host} port ${port}. ${advice}`, { cause });
}
