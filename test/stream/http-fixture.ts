import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { onTestFinished } from "vitest";
import { createServer, listen } from "../../src/runtime/server.ts";
import { createHttpSource, type HttpSourceOptions } from "../../src/stream/http.ts";
import { countRecords } from "../../src/stream/sent-request.ts";
import type { Delivery, OpenRoute, Source } from "../../src/stream/source.ts";
import { recordLog } from "../runtime/log-lines.ts";
import { recordListener, streamConfig, type Recording } from "./listener.ts";

/** A record as it was delivered. */
interface Delivered {
  readonly stream: string;
  readonly value: string;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly timestamp: number;
}

export interface TestDoor {
  readonly url: string;
  readonly source: Source;
  readonly routes: readonly OpenRoute[];
  readonly listener: Recording;
  /** Records in the order of their delivery. */
  readonly delivered: Delivered[];
  /** By stream, what was turned away unread. */
  readonly unread: Record<string, { overflow: number; oversize: number }>;
  /** How many records and turned away requests each call of `deliver` brought. */
  readonly groups: number[];
  /** Called for every call of `deliver`, before it answers: whether it is durable. */
  onDeliver: (deliveries: readonly Delivery[]) => Promise<boolean> | boolean;
  start(): Promise<void>;
  /** Bytes that have been read of all connections. */
  bytesRead(): number;
  post(path: string, body: string | Buffer, headers?: Record<string, string>): Promise<Posted>;
}

interface Posted {
  readonly status: number;
  readonly body: unknown;
  readonly headers: Headers;
}

export const STREAMS = {
  served: streamConfig({ name: "served", http: true, format: "kserve" }),
  scored: streamConfig({ name: "scored", http: true }),
  truth: streamConfig({ name: "truth", role: "labels", of: "scored", http: true }),
};

/** The door on a server of its own, and a listener that takes all for durable. */
export async function openDoor(
  options: Partial<HttpSourceOptions> & { readonly isStarted?: boolean } = {},
): Promise<TestDoor> {
  const { log } = recordLog();
  const server = createServer({ log });
  const sockets: Socket[] = [];
  server.server.on("connection", (socket: Socket) => sockets.push(socket));
  const source = createHttpSource({
    streams: Object.values(STREAMS),
    http: { maxBodyBytes: 100_000 },
    clock: Date.now,
    log,
    ...options,
  });
  const routes = source.register?.(server) ?? [];
  const { url } = await listen(server, { host: "127.0.0.1", port: 0 });
  const listener = recordListener();
  const door: TestDoor = {
    url,
    source,
    routes,
    listener,
    delivered: [],
    unread: {},
    groups: [],
    onDeliver: () => true,
    start: () => source.start(listener),
    bytesRead: () => sockets.reduce((sum, socket) => sum + socket.bytesRead, 0),
    async post(path, body, headers = {}) {
      const response = await fetch(`${url}${path}`, { method: "POST", body, headers });
      const text = await response.text();
      return {
        status: response.status,
        body: text === "" ? undefined : JSON.parse(text),
        headers: response.headers,
      };
    },
  };
  listener.deliver = async (deliveries) => {
    const isDurable = await door.onDeliver(deliveries);
    if (isDurable) for (const delivery of deliveries) note(door, delivery);
    return deliveries.map(() => isDurable);
  };
  onTestFinished(async () => {
    await source.stop();
    await server.close();
  });
  if (options.isStarted !== false) await door.start();
  return door;
}

function note(door: TestDoor, { stream, requests, unread }: Delivery): void {
  door.groups.push(countRecords(requests) + unread.overflow + unread.oversize);
  const known = door.unread[stream] ?? { overflow: 0, oversize: 0 };
  door.unread[stream] = {
    overflow: known.overflow + unread.overflow,
    oversize: known.oversize + unread.oversize,
  };
  for (const { values, headers, time: timestamp } of requests) {
    for (const value of values)
      door.delivered.push({ stream, value: Buffer.from(value).toString("latin1"), headers, timestamp });
  }
}

/** A connection that sends just these bytes. */
export async function rawConnection(url: string, text: string): Promise<Socket> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  onTestFinished(() => void socket.destroy());
  await once(socket, "connect");
  socket.write(text);
  return socket;
}
