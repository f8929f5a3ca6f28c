import { createHmac } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { WebhookConfig } from "../../src/config/config.ts";
import { RetryLater } from "../../src/publish/sink.ts";
import { createWebhookSink } from "../../src/publish/webhook.ts";
import { parseRetryAfter } from "../../src/publish/webhook-request.ts";
import { recordLog } from "../runtime/log-lines.ts";
import { exampleAlert, resolved } from "./alerts.ts";
import { startReceiver } from "./receiver.ts";

const NOON = Date.UTC(2026, 0, 15, 12);
const tick = { now: NOON + 999 };
const alert = exampleAlert({ id: "9f2c01d3a4b5", action: "rollback" });

function sinkTo(url: string, changes: Partial<WebhookConfig> = {}) {
  const { log, lines } = recordLog();
  const config: WebhookConfig = { url, headers: {}, timeout: 60_000, alerts: "actions", ...changes };
  return { sink: createWebhookSink({ name: "rollback", config, log }), lines };
}

/** A file with this text, gone with the test. */
function fileOf(text: string): string {
  const directory = mkdtempSync(join(tmpdir(), "driftd-webhook-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  writeFileSync(join(directory, "secret"), text);
  return join(directory, "secret");
}

/** As Standard Webhooks has receivers do it. */
function signature(secret: string | Buffer, { headers, body }: { headers: object; body: string }): string {
  // What is not there makes another signature.
  const { "webhook-id": id, "webhook-timestamp": timestamp } = headers as Record<string, string>;
  return `v1,${createHmac("sha256", secret).update(`${id}.${timestamp}.${body}`).digest("base64")}`;
}

test("an alert is posted as it is, under a key that its end does not share", async () => {
  const receiver = await startReceiver();
  const { sink } = sinkTo(receiver.url, { headers: { "X-Team": "risk" } });
  expect(await sink.deliver([alert, resolved(alert)], tick)).toBe(0);
  expect(receiver.received.map(({ body }) => JSON.parse(body))).toEqual([alert, resolved(alert)]);
  expect(receiver.received[0]?.headers).toMatchObject({
    "content-type": "application/json",
    "idempotency-key": "9f2c01d3a4b5-firing",
    "webhook-id": "9f2c01d3a4b5-firing",
    "webhook-timestamp": String(NOON / 1000),
    "x-team": "risk",
  });
  expect(receiver.received[0]?.headers).not.toHaveProperty("webhook-signature");
  expect(receiver.received[1]?.headers["idempotency-key"]).toBe("9f2c01d3a4b5-resolved");
});

test("a request is signed under every secret of the file, as the file is by then", async () => {
  const receiver = await startReceiver();
  const raw = Buffer.from("the secret of tomorrow");
  const secretFile = fileOf("the secret of today\n");
  const { sink } = sinkTo(receiver.url, { secretFile });
  await sink.deliver([alert], tick);
  writeFileSync(secretFile, `the secret of today\nwhsec_${raw.toString("base64")}\n`);
  await sink.deliver([alert], tick);
  const [first, second] = receiver.received;
  if (first === undefined || second === undefined) throw new Error("nothing came");
  expect(first.headers["webhook-signature"]).toBe(signature("the secret of today", first));
  expect(second.headers["webhook-signature"]).toBe(
    `${signature("the secret of today", second)} ${signature(raw, second)}`,
  );
  expect(signature("the secret of today", { ...first, body: `${first.body} ` })).not.toBe(
    first.headers["webhook-signature"],
  );
});

test("a secret that is gone, or empty, lets nothing out unsigned", async () => {
  const receiver = await startReceiver();
  const missing = sinkTo(receiver.url, { secretFile: "/nowhere/secret" });
  await expect(missing.sink.deliver([alert], tick)).rejects.toThrow(/webhook secret \/nowhere\/secret/);
  const empty = sinkTo(receiver.url, { tokenFile: fileOf(" \n") });
  await expect(empty.sink.deliver([alert], tick)).rejects.toThrow(/is empty/);
  expect(receiver.received).toEqual([]);
});

test("a token is shown to the receiver", async () => {
  const receiver = await startReceiver();
  const { sink } = sinkTo(receiver.url, { tokenFile: fileOf("s3cret\n") });
  await sink.deliver([alert], tick);
  expect(receiver.received[0]?.headers.authorization).toBe("Bearer s3cret");
});

test.each([400, 405, 410, 413, 422])(
  "an answer of %i is final: told, counted, not tried again",
  async (status) => {
    const receiver = await startReceiver();
    receiver.reply = { status, text: "no such model" };
    const { sink, lines } = sinkTo(receiver.url);
    expect(await sink.deliver([alert], tick)).toBe(1);
    expect(lines).toMatchObject([
      { level: "error", sink: "webhook rollback", id: alert.id, status, refusal: "no such model" },
    ]);
  },
);

test.each([401, 403, 404, 408, 429, 500, 503])("an answer of %i is worth another try", async (status) => {
  const receiver = await startReceiver();
  receiver.reply = { status };
  const { sink, lines } = sinkTo(receiver.url);
  await expect(sink.deliver([alert], tick)).rejects.toThrow(`answered ${status}`);
  expect(lines).toEqual([]);
});

test("a redirect is not followed: what is signed is for one address", async () => {
  const other = await startReceiver();
  const receiver = await startReceiver();
  receiver.reply = { status: 308, headers: { location: other.url } };
  await expect(sinkTo(receiver.url).sink.deliver([alert], tick)).rejects.toThrow(
    `answered 308: points to ${other.url}, and is not followed`,
  );
  expect(other.received).toEqual([]);
});

test("a receiver that says when to come back is believed, up to an hour", async () => {
  const receiver = await startReceiver();
  receiver.reply = { status: 429, headers: { "retry-after": "120" } };
  const failure = await sinkTo(receiver.url)
    .sink.deliver([alert], tick)
    .catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(RetryLater);
  expect(failure).toMatchObject({ after: 120_000 });
  expect(parseRetryAfter("Thu, 15 Jan 2026 12:10:00 GMT", NOON)).toBe(600_000);
  expect(parseRetryAfter("Thu, 15 Jan 2026 11:00:00 GMT", NOON)).toBe(0);
  expect(parseRetryAfter("86400", NOON)).toBe(3_600_000);
  expect(parseRetryAfter("soon", NOON)).toBeUndefined();
});

test("nobody there, and nobody who answers in time", async () => {
  await expect(sinkTo("http://127.0.0.1:1/hook").sink.deliver([alert], tick)).rejects.toThrow(
    "127.0.0.1:1 cannot be reached.",
  );
  const receiver = await startReceiver();
  const { sink } = sinkTo(receiver.url, { timeout: 1 });
  receiver.reply = { status: 200, headers: { "content-length": "5" }, text: "" };
  await expect(sink.deliver([alert], tick)).rejects.toThrow("cannot be reached.");
});

test("a closed sink gives up what is under way", async () => {
  const { sink } = sinkTo("http://127.0.0.1:1/hook");
  await sink.close();
  await expect(sink.deliver([alert], tick)).rejects.toThrow("cannot be reached.");
});

test("a server's certificate must be one that is trusted", async () => {
  const caFile = join(import.meta.dirname, "localhost.pem");
  const receiver = await startReceiver(readFileSync(caFile, "utf8"));
  await expect(sinkTo(receiver.url).sink.deliver([alert], tick)).rejects.toMatchObject({
    cause: { message: expect.stringMatching(/self-signed/) },
  });
  expect(await sinkTo(receiver.url, { caFile }).sink.deliver([alert], tick)).toBe(0);
  expect(receiver.received).toHaveLength(1);
});

test("it hears of the alerts that name it as their action, or of all", () => {
  const other = exampleAlert({ action: "retrain" });
  const none = exampleAlert();
  const wanted = (alerts: WebhookConfig["alerts"]) =>
    [alert, other, none].map((one) => sinkTo("http://ci", { alerts }).sink.wants?.(one));
  expect(wanted("actions")).toEqual([true, false, false]);
  expect(wanted("all")).toEqual([true, true, true]);
});
