import { request as requestPlain } from "node:http";
import type { IncomingMessage } from "node:http";
import { request as requestTls } from "node:https";

export interface Posting {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Certificates that are trusted in place of the system's, PEM. */
  readonly ca?: string;
  readonly signal: AbortSignal;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  /** Its beginning. */
  readonly text: string;
}

const MOST_TEXT = 500;

/** One POST over a connection of its own. Redirects are not followed; rejects only where no answer came. */
export async function post({ url, headers, body, ca, signal }: Posting): Promise<Answer> {
  const options = {
    method: "POST",
    headers: { ...headers, "content-length": Buffer.byteLength(body) },
    agent: false,
    signal,
  };
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const outgoing = url.startsWith("https:")
      ? requestTls(url, { ...options, ...(ca !== undefined && { ca }) }, resolve)
      : requestPlain(url, options, resolve);
    outgoing.on("error", reject);
    outgoing.end(body);
  });
  let text = "";
  for await (const chunk of response.setEncoding("utf8")) {
    text += String(chunk);
    // The rest of a long answer is of no use to anyone; leaving the loop closes the connection.
    if (text.length >= MOST_TEXT) break;
  }
  return { status: response.statusCode ?? 0, headers: response.headers, text: text.slice(0, MOST_TEXT) };
}
