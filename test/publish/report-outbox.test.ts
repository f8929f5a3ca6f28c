import { createHmac } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import type { ReportConfig, WebhookConfig } from "../../src/config/config.ts";
import type { OutgoingMessage } from "../../src/publish/quarantine-entry.ts";
import { writeMessage } from "../../src/publish/report-message.ts";
import { createReportOutbox } from "../../src/publish/report-outbox.ts";
import { recordLog } from "../runtime/log-lines.ts";
import { startReceiver } from "./receiver.ts";
import { faultsOfReport } from "./report-schema.ts";
import { exampleReport } from "./reports.ts";

const NOW = Date.UTC(2026, 0, 19, 7);
const WEEKLY: ReportConfig = {
  name: "weekly",
  schedule: "0 7 * * 1",
  isOnceADay: true,
  last: 7 * 86_400_000,
};
const FIRST = writeMessage(exampleReport());
const SECOND = writeMessage(exampleReport({ at: "2026-01-26T07:00:00.000Z" }));

function outboxTo(
  url: string,
  { send, ...place }: Partial<WebhookConfig> & { send?: (messages: readonly OutgoingMessage[]) => void } = {},
) {
  const { log, lines } = recordLog("info");
  const webhook = { desk: { url, headers: {}, timeout: 60_000, alerts: "actions", ...place } } as const;
  const outbox = createReportOutbox({
    reports: [
      { ...WEEKLY, ...(send ? { topic: "feed" } : { webhook: "desk" }) },
      { ...WEEKLY, name: "daily", directory: "/reports" },
    ],
    publish: { webhook, topic: { feed: { topic: "reports", alerts: "actions" } } },
    ...(send && { send: async (_topic: string, messages: readonly OutgoingMessage[]) => send(messages) }),
    log,
  });
  onTestFinished(() => outbox.close());
  return { outbox, said: () => lines.map(({ msg }) => msg) };
}

describe("a report for a webhook", () => {
  test("is posted once it is taken, signed, under a key of its own, with its text", async () => {
    const directory = mkdtempSync(join(tmpdir(), "driftd-report-"));
    onTestFinished(() => rmSync(directory, { recursive: true }));
    const secretFile = join(directory, "secret");
    writeFileSync(secretFile, "a secret\n");
    const receiver = await startReceiver();
    const { outbox, said } = outboxTo(receiver.url, { secretFile });
    outbox.add(FIRST);
    expect(outbox.counts()).toMatchObject([{ sink: "report weekly", pending: 1 }]);
    expect(await outbox.deliver({ now: NOW })).toBe(true);
    expect(await outbox.deliver({ now: NOW })).toBe(false);
    const [{ headers, body } = { headers: {}, body: "" }, ...more] = receiver.received;
    expect(more).toEqual([]);
    const id = "report-weekly-2026-01-19T07:00Z";
    expect(headers).toMatchObject({ "idempotency-key": id, "content-type": "application/json" });
    const signed = createHmac("sha256", "a secret")
      .update(`${id}.${NOW / 1000}.${body}`)
      .digest("base64");
    expect(headers["webhook-signature"]).toBe(`v1,${signed}`);
    const sent = JSON.parse(body) as { text: string };
    expect(sent).toMatchObject({ report: "weekly", models: [{ model: "fraud" }, { model: "churn" }] });
    expect(sent.text).toMatch(/^# weekly: 1 of 2 models fires\n/);
    expect(faultsOfReport(sent)).toEqual([]);
    expect(said()).toEqual(["report sent"]);
    expect(outbox.counts()).toMatchObject([{ pending: 0, delivered: 1 }]);
  });

  test("waits for one that is away, longer each time, also after a restart", async () => {
    const receiver = await startReceiver();
    receiver.reply = { status: 503 };
    const { outbox } = outboxTo(receiver.url);
    outbox.add(FIRST);
    for (const after of [0, 500, 1_000, 2_500, 3_000]) await outbox.deliver({ now: NOW + after });
    expect(receiver.received).toHaveLength(3);
    expect(outbox.counts()).toMatchObject([{ pending: 1, failed: 3 }]);
    receiver.reply = { status: 200 };
    const { outbox: next } = outboxTo(receiver.url);
    next.restore(outbox.encode());
    expect(await next.deliver({ now: NOW })).toBe(true);
    expect(receiver.received.at(-1)?.body).toBe(FIRST.body);
    next.restore(next.encode());
    expect(await next.deliver({ now: NOW })).toBe(false);
  });

  test("gives way to the next one of its name, which is said", async () => {
    const receiver = await startReceiver();
    receiver.reply = { status: 503 };
    const { outbox, said } = outboxTo(receiver.url);
    outbox.add(FIRST);
    await outbox.deliver({ now: NOW });
    outbox.add(SECOND);
    receiver.reply = { status: 200 };
    await outbox.deliver({ now: NOW });
    expect(receiver.received.map(({ body }) => body)).toEqual([FIRST.body, SECOND.body]);
    expect(outbox.counts()).toMatchObject([{ pending: 0, delivered: 1, failed: 1, skipped: 1 }]);
    expect(said()).toContain("a report was never taken; a newer one follows");
  });

  test("that will not have it is not asked again", async () => {
    const receiver = await startReceiver();
    receiver.reply = { status: 413, text: "too long" };
    const { outbox, said } = outboxTo(receiver.url);
    outbox.add(FIRST);
    expect(await outbox.deliver({ now: NOW })).toBe(true);
    expect(outbox.counts()).toMatchObject([{ pending: 0, refused: 1 }]);
    expect(said()).toEqual(["report refused; it is not sent again"]);
  });
});

test("a report for a topic is a message, keyed by its name", async () => {
  const sent: OutgoingMessage[] = [];
  const { outbox } = outboxTo("http://127.0.0.1:1", { send: (messages) => sent.push(...messages) });
  outbox.add(FIRST);
  await outbox.deliver({ now: NOW });
  expect(sent).toEqual([
    {
      key: "weekly",
      value: FIRST.body,
      headers: { "content-type": "application/json", "idempotency-key": FIRST.id, report: "weekly" },
    },
  ]);
});
