import type { WebhookConfig } from "../config/config.ts";
import { HOUR } from "../config/quantity.ts";
import type { Tick } from "../config/tick.ts";
import { readText } from "../runtime/files.ts";
import { post } from "./http-post.ts";
import type { Answer } from "./http-post.ts";
import { RetryLater } from "./sink.ts";
import { parseSecrets, signatureHeaders } from "./webhook-signature.ts";

/** What is posted to a webhook, and what it is known by where it comes again. */
export interface WebhookMessage {
  readonly id: string;
  /** JSON. */
  readonly body: string;
}

interface PostOptions {
  readonly config: WebhookConfig;
  readonly tick: Tick;
  readonly signal: AbortSignal;
}

/**
 * Posts one message, signed and with its token. Undefined where it was taken; the answer where it never will be. Rejects where it
 * is to be tried again, with RetryLater where the other side said when.
 */
export async function postMessage(
  message: WebhookMessage,
  options: PostOptions,
): Promise<Pick<Answer, "status" | "text"> | undefined> {
  const answer = await postOnce(message, options);
  const { status } = answer;
  if (isTaken(status)) return undefined;
  if (isRefused(status)) return answer;
  const { config, tick } = options;
  throw failureOf(answer, { host: new URL(config.url).host, now: tick.now });
}

async function postOnce(
  { id, body }: WebhookMessage,
  { config, tick, signal }: PostOptions,
): Promise<Answer> {
  const { url, headers, secretFile, tokenFile, caFile, timeout } = config;
  // Read for every request: whoever changes a secret need not restart anything.
  const secrets =
    secretFile === undefined ? [] : parseSecrets(await readSecret(secretFile, "webhook secret"));
  const token = tokenFile === undefined ? undefined : (await readSecret(tokenFile, "webhook token")).trim();
  const ca = caFile === undefined ? undefined : await readSecret(caFile, "certificate file");
  const timestamp = Math.floor(tick.now / 1000);
  try {
    return await post({
      url,
      headers: {
        ...headers,
        "content-type": "application/json",
        "user-agent": "driftd",
        "idempotency-key": id,
        ...signatureHeaders({ id, timestamp, body }, secrets),
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      },
      body,
      ...(ca !== undefined && { ca }),
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeout)]),
    });
  } catch (cause) {
    throw new Error(`${new URL(url).host} cannot be reached.`, { cause });
  }
}

/** Rejects where it is empty, too: nothing must go out unsigned, or without its token, that should not. */
async function readSecret(file: string, what: string): Promise<string> {
  const text = await readText(file, { what, code: "CONFIG_INVALID" });
  if (text.trim() === "") throw new Error(`The ${what} ${file} is empty. Write it there.`);
  return text;
}

function isTaken(status: number): boolean {
  return status >= 200 && status < 300;
}

/**
 * Answers of 4xx that say of this very request that it will not do, now or later. The others depend on what somebody may mend
 * meanwhile: a token (401, 403, 407), a path or a service that is being deployed (404), its load (408, 409, 421, 423, 425, 429).
 * These are tried again, until the alert is too old to act on (publish.maxAge).
 */
function isRefused(status: number): boolean {
  return status >= 400 && status < 500 && !TRIED_AGAIN.has(status);
}

const TRIED_AGAIN: ReadonlySet<number> = new Set([401, 403, 404, 407, 408, 409, 421, 423, 425, 429]);

function failureOf(
  { status, headers, text }: Answer,
  { host, now }: { readonly host: string; readonly now: number },
): Error {
  const place = headers.location;
  const moved = status < 400 && place !== undefined;
  const said = moved ? `points to ${place}, and is not followed; write that address` : text.slice(0, 200);
  const message = `${host} answered ${status}${said === "" ? "" : `: ${said}`}`;
  const after = parseRetryAfter(headers["retry-after"], now);
  return after === undefined ? new Error(message) : new RetryLater(message, after);
}

/** Seconds or a date (RFC 9110, 10.2.3), as ms from now: an hour at most. Undefined where it says neither. */
export function parseRetryAfter(text: string | undefined, now: number): number | undefined {
  if (text === undefined) return undefined;
  const after = /^\d+$/.test(text.trim()) ? Number(text) * 1000 : Date.parse(text) - now;
  return Number.isNaN(after) ? undefined : Math.min(Math.max(after, 0), HOUR);
}
