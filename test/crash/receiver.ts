import { once } from "node:events";
import { createServer } from "node:http";

/** An element of the array that driftd posts. */
export interface PostedAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly startsAt: string;
  readonly endsAt: string;
}

/** What stands where an Alertmanager would, and keeps all that it was told. */
export interface Receiver {
  readonly url: string;
  readonly posted: readonly PostedAlert[];
  stop(): void;
}

/** Fails every third time. */
export async function startReceiver(): Promise<Receiver> {
  const posted: PostedAlert[] = [];
  let asked = 0;
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (bytes: Buffer) => (body += bytes.toString()));
    request.on("end", () => {
      asked += 1;
      // driftd's own text.
      if (asked % 3 !== 0) posted.push(...(JSON.parse(body) as PostedAlert[]));
      response.writeHead(asked % 3 === 0 ? 503 : 200).end();
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the receiver has no port");
  return {
    url: `http://127.0.0.1:${address.port}`,
    posted,
    stop() {
      server.close();
      server.closeAllConnections();
    },
  };
}
