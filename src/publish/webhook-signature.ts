import { createHmac } from "node:crypto";

/** What is signed: the message's id, when it is sent, and its body. */
export interface SignedMessage {
  readonly id: string;
  /** Seconds since the epoch. */
  readonly timestamp: number;
  readonly body: string;
}

const PREFIX = "whsec_";

/** A secret a line; those that begin with `whsec_` go on in base64, all others are taken as they stand. */
export function parseSecrets(text: string): Uint8Array[] {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .map((line) =>
      line.startsWith(PREFIX) ? Buffer.from(line.slice(PREFIX.length), "base64") : Buffer.from(line),
    );
}

/**
 * The headers of Standard Webhooks: HMAC-SHA256 of id, timestamp and body, once under each secret, so that secrets can be
 * changed one side at a time. The receiver compares the timestamp with its clock, which keeps recorded requests from being
 * played again. https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export function signatureHeaders(
  { id, timestamp, body }: SignedMessage,
  secrets: readonly Uint8Array[],
): Record<string, string> {
  const signatures = secrets.map((secret) => {
    const digest = createHmac("sha256", secret).update(`${id}.${timestamp}.${body}`).digest("base64");
    return `v1,${digest}`;
  });
  return {
    "webhook-id": id,
    "webhook-timestamp": String(timestamp),
    ...(signatures.length > 0 && { "webhook-signature": signatures.join(" ") }),
  };
}
