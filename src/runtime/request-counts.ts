import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import type { FastifyInstance } from "fastify";
import type { Log } from "./log.ts";

/** Requests of one route that ended alike. */
export interface RequestCount {
  /** Path of a route, or `other` where there is none. */
  readonly route: string;
  /** Status of the answer; `none` where the sender was gone before it had all of it. */
  readonly code: string;
  readonly count: number;
}

/** What became of all requests since the process began. */
export interface RequestCounts {
  read(): readonly RequestCount[];
}

const OTHER = "other";
const NO_ANSWER = "none";

/**
 * Counts what the server answers, by route and status, also what never comes as far as a route. Comes before the routes are
 * registered. Of events that are turned away it logs the first of each kind: their senders may not look at answers.
 */
export function countRequests(server: FastifyInstance, log: Log): RequestCounts {
  const paths = new Set<string>();
  const counts = new Map<string, Map<string, number>>();
  /** Connections in the middle of a request. */
  const open = new WeakSet<Socket>();
  server.addHook("onRoute", ({ url }) => void paths.add(url));

  const note = (route: string, code: string): boolean => {
    let ofRoute = counts.get(route);
    if (ofRoute === undefined) counts.set(route, (ofRoute = new Map()));
    const before = ofRoute.get(code) ?? 0;
    ofRoute.set(code, before + 1);
    return before === 0;
  };

  server.server.on("request", (request, response) => {
    const { socket } = request;
    // Gone with the connection.
    const address = socket.remoteAddress;
    open.add(socket);
    response.on("close", () => {
      // The rest of one that was answered early may break off: that is the same request.
      if (request.complete) open.delete(socket);
      const route = routeOf(request, paths);
      const code = response.writableFinished ? String(response.statusCode) : NO_ANSWER;
      const isFirst = note(route, code);
      if (isFirst && request.method === "POST" && isTurnedAway(code))
        log.warn({ route, code, from: address }, TURNED_AWAY);
    });
  });
  // Of what is no HTTP there is no request. One that breaks off in its body has been counted above.
  server.server.on("clientError", (error: Error & { readonly code?: string }, socket: Socket) => {
    if (open.has(socket) || error.code === "ECONNRESET") return;
    if (note(OTHER, PARSE_ERRORS[error.code ?? ""] ?? "400"))
      log.warn({ code: error.code, from: socket.remoteAddress }, NO_REQUEST);
  });

  return {
    read: () =>
      Array.from(counts, ([route, byCode]) =>
        Array.from(byCode, ([code, count]) => ({ route, code, count })),
      ).flat(),
  };
}

const TURNED_AWAY =
  "a request was turned away, or not taken whole; more like it are only counted, in driftd_http_requests_total";
const NO_REQUEST =
  "what came to the HTTP port is no HTTP; more like it is only counted, in driftd_http_requests_total";

/** What fastify answers to what node's parser refuses; 400 to the rest. */
const PARSE_ERRORS: Readonly<Record<string, string>> = {
  ERR_HTTP_REQUEST_TIMEOUT: "408",
  HPE_HEADER_OVERFLOW: "431",
};

/** Whether a request that ended so was not taken, or not all of it. */
export function isTurnedAway(code: string): boolean {
  return code === NO_ANSWER || Number(code) >= 400;
}

function routeOf({ url = "" }: IncomingMessage, paths: ReadonlySet<string>): string {
  const end = url.indexOf("?");
  const path = end < 0 ? url : url.slice(0, end);
  return paths.has(path) ? path : OTHER;
}
