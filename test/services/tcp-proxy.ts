import { createServer, connect, type Socket } from "node:net";

/** Stands between a client and a server on the loopback, and loses what it is told to lose. */
export interface TcpProxy {
  readonly port: number;
  /** Passes the next request that holds this text on, and cuts the connection when the server answers it. */
  loseAnswerTo(text: string): void;
  /** Cuts the connection in place of passing on the next request that holds this text. */
  loseRequest(text: string): void;
  /** How many requests it lost, or the answers of. */
  lost(): number;
  close(): Promise<void>;
}

export async function startTcpProxy(target: number): Promise<TcpProxy> {
  const sockets = new Set<Socket>();
  let plan: { readonly text: string; readonly isDelivered: boolean } | undefined;
  let lost = 0;
  const server = createServer((client) => {
    const upstream = connect(target, "127.0.0.1");
    const cut = (): void => {
      lost += 1;
      client.destroy();
      upstream.destroy();
    };
    let losesAnswer = false;
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(socket);
      socket.on("error", () => undefined);
      socket.on("close", () => {
        sockets.delete(socket);
        other.destroy();
      });
    }
    client.on("data", (bytes) => {
      const isPlanned = plan !== undefined && bytes.includes(plan.text);
      if (isPlanned) {
        losesAnswer = plan?.isDelivered === true;
        plan = undefined;
        if (!losesAnswer) return cut();
      }
      upstream.write(bytes);
    });
    upstream.on("data", (bytes) => {
      if (losesAnswer) cut();
      else client.write(bytes);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : 0,
    loseAnswerTo: (text) => (plan = { text, isDelivered: true }),
    loseRequest: (text) => (plan = { text, isDelivered: false }),
    lost: () => lost,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
