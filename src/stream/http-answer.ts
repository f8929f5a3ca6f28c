import type { ServerResponse } from "node:http";
import type { Rejected } from "./http-lane.ts";

/** What a request is told. */
export interface Answer {
  readonly status: number;
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
}

/** As every other error of the server: `{error: {code, message}}`. */
export function refusal(status: number, code: string, message: string): Answer {
  return { status, body: { error: { code, message } } };
}

export const GOOD: Answer = { status: 200 };
export const UNAVAILABLE = refusal(
  503,
  "UNAVAILABLE",
  "It is not certain that this is kept: the store or Kafka cannot be written, or driftd is stopping. Send it again.",
);
export const FULL: Answer = {
  ...refusal(429, "FULL", "Too much is in hand. Send it again in a second."),
  headers: { "retry-after": "1" },
};
export const NO_TOKEN: Answer = {
  ...refusal(401, "TOKEN_NEEDED", "Show the token: Authorization: Bearer TOKEN."),
  headers: { "www-authenticate": 'Bearer realm="driftd"' },
};

export function tooLarge(limit: number): Answer {
  return refusal(413, "TOO_LARGE", `A body may have ${limit} bytes, also unpacked. Send less at once.`);
}

/**
 * How many items were taken, and why the others were not. 400 where one of them is bad; one that had come before is told, and
 * is no fault: whoever got no answer sends again.
 */
export function accepted(items: number, rejected: readonly Rejected[]): Answer {
  const taken = items - rejected.length;
  if (rejected.length === 0) return { status: 200, body: { accepted: taken } };
  const status = rejected.every(({ reason }) => reason === "duplicate") ? 200 : 400;
  const inOrder = rejected.toSorted((a, b) => a.index - b.index);
  return { status, body: { accepted: taken, rejected: inOrder } };
}

export function send(response: ServerResponse, { status, body, headers }: Answer): void {
  if (response.destroyed || response.headersSent) return;
  if (body === undefined) {
    response.writeHead(status, { ...headers, "content-length": 0 }).end();
    return;
  }
  const text = JSON.stringify(body);
  response
    .writeHead(status, {
      ...headers,
      "content-type": "application/json; charset=utf-8",
      "content-length": Buffer.byteLength(text),
    })
    .end(text);
}
