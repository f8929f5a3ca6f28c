import { createServer } from "node:http";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import type { ReviewSinkConfig } from "../../src/config/config.ts";
import type { OutgoingMessage } from "../../src/publish/quarantine-entry.ts";
import { createReviewOutbox } from "../../src/publish/review-outbox.ts";
import type { ReviewItem } from "../../src/publish/review-item.ts";
import type { ReviewedSpan } from "../../src/window/review-plan.ts";
import { recordLog } from "../runtime/log-lines.ts";

const START = Date.UTC(2026, 0, 5);
const NOW = { now: START };

function spanOf(offsets: readonly number[], review = "Odd"): ReviewedSpan {
  const events = offsets.map((offset) => ({
    rank: String(offset).padStart(16, "0"),
    stream: "scored",
    partition: 1,
    offset,
    row: 0,
    time: START + offset,
    version: "v7",
    score: 0.5,
    why: ["score between 0.45 and 0.55"],
    ...(offset === 1 ? { id: "t-1", values: { amount: 12 } } : { values: {} }),
  }));
  return { model: "fraud", review, start: START, events };
}

function outboxOf(
  sinks: Readonly<Record<string, ReviewSinkConfig>>,
  send?: (messages: readonly OutgoingMessage[]) => void,
) {
  const { log, lines } = recordLog("info");
  const outbox = createReviewOutbox({
    sinks,
    placeOf: (model, review) => (model === "fraud" && review === "Odd" ? "desk" : undefined),
    ...(send && { send: async (_topic: string, messages: readonly OutgoingMessage[]) => send(messages) }),
    log,
  });
  onTestFinished(() => outbox.close());
  return { outbox, lines };
}

describe("events for review", () => {
  test("go to a file, each a line that says all of it", async () => {
    const directory = mkdtempSync(join(tmpdir(), "driftd-review-"));
    onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
    const file = join(directory, "reviews.jsonl");
    const { outbox } = outboxOf({ desk: { file } });
    outbox.add([spanOf([1, 2])]);
    expect(await outbox.deliver(NOW)).toBe(true);
    expect(await outbox.deliver(NOW)).toBe(false);
    const items = readFileSync(file, "utf8")
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as ReviewItem);
    expect(items[0]).toEqual({
      key: "fraud/Odd/2026-01-05T00:00:00.000Z/0000000000000001",
      review: "Odd",
      model: "fraud",
      version: "v7",
      time: "2026-01-05T00:00:00.001Z",
      why: ["score between 0.45 and 0.55"],
      score: 0.5,
      stream: "scored",
      partition: 1,
      offset: 1,
      row: 0,
      id: "t-1",
      columns: { amount: 12 },
    });
    expect(items[1]).not.toHaveProperty("id");
    expect(items[1]).not.toHaveProperty("columns");
  });

  test("go to a topic under their keys, and to no place that their rule does not name", async () => {
    const sent: OutgoingMessage[] = [];
    const { outbox } = outboxOf({ desk: { topic: "reviews" } }, (messages) => sent.push(...messages));
    outbox.add([spanOf([1, 2]), spanOf([3], "Unknown")]);
    await outbox.deliver(NOW);
    expect(sent.map(({ key }) => key)).toEqual([
      "fraud/Odd/2026-01-05T00:00:00.000Z/0000000000000001",
      "fraud/Odd/2026-01-05T00:00:00.000Z/0000000000000002",
    ]);
  });

  test("wait for a topic that is away, which is said once, and go there in order", async () => {
    const sent: string[] = [];
    let failures = 3;
    const { outbox, lines } = outboxOf({ desk: { topic: "reviews" } }, (messages) => {
      if (failures-- > 0) throw new Error("no broker answers");
      sent.push(...messages.map(({ key }) => String(key).slice(-1)));
    });
    outbox.add([spanOf([1, 2])]);
    for (let minute = 0; minute < 5; minute++) {
      if (minute === 1) outbox.add([spanOf([3])]);
      await outbox.deliver({ now: START + minute * 60_000 });
    }
    expect(sent).toEqual(["1", "2", "3"]);
    expect(lines.map(({ level, msg, reason }) => [level, msg, reason])).toEqual([
      [
        "warn",
        "events for review not delivered; they are kept, and tried again until they are",
        "no broker answers",
      ],
      ["info", "events for review are taken again", undefined],
    ]);
  });

  test("are posted again until they are taken, under the same key, also after a restart", async () => {
    const keys: unknown[] = [];
    const bodies: string[] = [];
    const answers = [503, 503, 200];
    const server = createServer((request, response) => {
      keys.push(request.headers["idempotency-key"]);
      let body = "";
      request.on("data", (bytes: Buffer) => (body += bytes.toString()));
      request.on("end", () => {
        bodies.push(body);
        response.writeHead(answers.shift() ?? 500).end();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void server.close());
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("no port");
    const sinks = { desk: { url: `http://127.0.0.1:${address.port}/reviews` } };

    const { outbox, lines } = outboxOf(sinks);
    outbox.add([spanOf([1, 2])]);
    const recorded = outbox.encode();
    expect(await outbox.deliver(NOW)).toBe(false);
    // Too soon for another try.
    expect(await outbox.deliver(NOW)).toBe(false);
    expect(keys).toHaveLength(1);
    expect(lines).toMatchObject([{ level: "warn", sink: "desk", attempts: 1 }]);
    expect(lines[0]?.["reason"]).toMatch(/answered 503$/);
    expect(outbox.counts()).toEqual([
      { sink: "review desk", pending: 2, delivered: 0, failed: 1, refused: 0, skipped: 0 },
    ]);

    const { outbox: again } = outboxOf(sinks);
    again.restore(recorded);
    await again.deliver(NOW);
    await again.deliver({ now: START + 1_000 });
    expect(again.counts()).toEqual([
      { sink: "review desk", pending: 0, delivered: 2, failed: 1, refused: 0, skipped: 0 },
    ]);
    expect(new Set(keys).size).toBe(1);
    expect((JSON.parse(bodies[2] ?? "") as { reviews: ReviewItem[] }).reviews).toHaveLength(2);
  });

  test("give up the oldest where nobody takes them, and say so", async () => {
    const { outbox, lines } = outboxOf({ desk: { url: "http://127.0.0.1:9/" } });
    outbox.add([spanOf(Array.from({ length: 10_003 }, (_, i) => i))]);
    expect(outbox.counts()).toMatchObject([{ pending: 10_000, skipped: 3 }]);
    expect(lines).toMatchObject([{ level: "error", lost: 3 }]);
  });
});
