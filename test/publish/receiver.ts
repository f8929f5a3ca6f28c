import { once } from "node:events";
import { createServer as createPlainServer } from "node:http";
import type { IncomingHttpHeaders, RequestListener } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

export interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly text?: string;
}

export interface Receiver {
  readonly url: string;
  readonly received: Received[];
  /** What it answers from now on; 200 at first. */
  reply: Reply;
}

/** Takes what webhooks send, until the test ends. `pem` holds the key and the certificate of a server that speaks TLS. */
export async function startReceiver(pem?: string): Promise<Receiver> {
  const receiver: { url: string; received: Received[]; reply: Reply } = {
    url: "",
    received: [],
    reply: { status: 200 },
  };
  const listener: RequestListener = (request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      receiver.received.push({ headers: request.headers, body });
      const { status, headers, text } = receiver.reply;
      response.writeHead(status, headers).end(text);
    });
  };
  const server =
    pem === undefined ? createPlainServer(listener) : createTlsServer({ key: pem, cert: pem }, listener);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  // A TCP server's address is an object.
  const { port } = server.address() as AddressInfo;
  receiver.url = `${pem === undefined ? "http" : "https"}://127.0.0.1:${port}/hook`;
  return receiver;
}
