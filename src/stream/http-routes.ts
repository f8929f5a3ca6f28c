import type { StreamConfig } from "../config/config.ts";
import { isServerFormat } from "../config/streams-section.ts";
import type { Server } from "../runtime/server.ts";
import { NO_TOKEN, refusal } from "./http-answer.ts";
import type { Answer } from "./http-answer.ts";
import { receiveCloudEvents, receiveItems, receivePayload, refuse } from "./http-receive.ts";
import type { Arrival, Exchange } from "./http-receive.ts";
import type { Senders } from "./http-senders.ts";
import type { TokenCheck } from "./http-token.ts";
import type { OpenRoute } from "./source.ts";

/** What the routes lead to. */
export interface Door extends Pick<Arrival, "queue" | "room" | "maxBodyBytes" | "now"> {
  readonly streams: readonly StreamConfig[];
  readonly senders: Senders;
  /** Absent where everyone may send. */
  readonly token?: TokenCheck;
}

interface Route {
  readonly path: string;
  /** Streams that may be sent to here. */
  readonly takes: (stream: StreamConfig) => boolean;
  /** Those of them that need not be named. */
  readonly isDefault: (stream: StreamConfig) => boolean;
  readonly receive: (arrival: Arrival) => void;
}

const holdsCloudEvents = ({ format }: StreamConfig): boolean => format === "kserve" || format === "auto";
const holdsLabels = ({ role }: StreamConfig): boolean => role === "labels";
const any = (): boolean => true;

const ROUTES: readonly Route[] = [
  { path: "/", takes: holdsCloudEvents, isDefault: any, receive: receiveCloudEvents },
  {
    path: "/v1/events",
    takes: (stream) => !holdsLabels(stream),
    isDefault: ({ role, format }) => role === "inference" && !isServerFormat(format),
    receive: receiveItems,
  },
  { path: "/v1/labels", takes: holdsLabels, isDefault: any, receive: receiveItems },
  { path: "/consumer/kserve/v2", takes: holdsCloudEvents, isDefault: any, receive: receivePayload },
];

/**
 * Adds the routes that take events; answers those that some stream is behind. Bodies are read here and not by the server: they
 * stay bytes, whatever their content type says, and what there is no room for is not kept.
 */
export function registerRoutes(server: Server, door: Door): OpenRoute[] {
  const { queue, room, senders, token, maxBodyBytes, now } = door;
  return ROUTES.flatMap((route) => {
    const streams = door.streams.filter(route.takes);
    if (streams.length === 0) return [];
    const find = createFinder(route, streams);
    const take = (exchange: Exchange, name: unknown): void => {
      const found = find(name);
      if ("status" in found) return refuse(exchange, found);
      const { request, response } = exchange;
      senders.note(request.socket);
      route.receive({ stream: found, request, response, queue, room, maxBodyBytes, now });
    };
    server.route({
      method: "POST",
      url: route.path,
      onRequest(request, reply) {
        reply.hijack();
        const exchange = { request: request.raw, response: reply.raw };
        // Fastify makes texts of what stands behind the question mark, or lists of them.
        const { stream: name } = request.query as Readonly<Record<string, unknown>>;
        if (token === undefined) return take(exchange, name);
        token.allows(request.headers.authorization, (isAllowed) =>
          isAllowed ? take(exchange, name) : refuse(exchange, NO_TOKEN),
        );
      },
      // Never called: the request was taken over above.
      handler: () => undefined,
    });
    return [{ method: "POST", path: route.path, streams: streams.map(({ name }) => name) }];
  });
}

/** Finds the stream of a name, or what is answered where there is none. */
function createFinder(
  { path, isDefault }: Route,
  streams: readonly StreamConfig[],
): (name: unknown) => StreamConfig | Answer {
  const list = streams.map((stream) => stream.name).join(", ");
  const defaults = streams.filter(isDefault);
  const nameless =
    defaults.length === 1
      ? defaults[0]
      : refusal(404, "STREAM_NEEDED", `Say which stream: ${path}?stream=NAME. There are: ${list}.`);
  return (name) => {
    if (name === undefined) return nameless;
    const found = streams.find((stream) => stream.name === name);
    const message = `${path} has no stream ${String(name)}. There are: ${list}.`;
    return found ?? refusal(404, "UNKNOWN_STREAM", message);
  };
}
