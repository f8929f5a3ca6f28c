import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { ReviewItem } from "../../src/publish/review-item.ts";
import { eventually, startDaemon } from "./daemon.ts";
import { scoredEvents } from "./events.ts";
import { LABEL_SPANS, writeProject } from "./project.ts";

const MINUTE = 60_000;
const BEGIN = Date.parse("2026-03-01T00:00:00Z");
const EVENTS = scoredEvents({ count: 3_000, from: BEGIN, to: BEGIN + 60 * MINUTE });
const MOST = 20;

test("events go to people, and their decisions come back as labels", async () => {
  const { directory } = await writeProject({
    config: {
      streams: {
        scored: { role: "inference", file: "scored.jsonl" },
        decided: { role: "labels", of: "scored", file: "decided.jsonl" },
      },
      publish: { review: { desk: { file: "reviews.jsonl" } } },
    },
    rules: {
      labels: LABEL_SPANS,
      rules: [
        {
          review: "Unsure",
          when: { any: [{ scoreBetween: [0.45, 0.55] }] },
          atMost: `${MOST} per 10m`,
          to: "desk",
          show: ["amount"],
        },
        { alert: "Inaccurate", measure: "accuracy", below: 0.1 },
      ],
    },
  });
  const file = join(directory, "reviews.jsonl");
  const decided = join(directory, "decided.jsonl");
  writeFileSync(
    join(directory, "scored.jsonl"),
    EVENTS.map((event) => `${JSON.stringify(event)}\n`).join(""),
  );
  writeFileSync(decided, "");
  const first = await startDaemon(directory);
  await eventually("the last span", async () => (linesOf(file).length >= 6 * MOST ? true : undefined));
  expect((await first.end()).code).toBe(0);

  const items = linesOf(file);
  // Every event at most once, of every ten minutes so many, and each as it was.
  expect(new Set(items.map(({ key }) => key)).size).toBe(items.length);
  for (const span of new Set(items.map(spanOf)))
    expect(items.filter((item) => spanOf(item) === span)).toHaveLength(MOST);
  for (const { id, score = 0, columns, version } of items) {
    const event = EVENTS.find((one) => one.id === id);
    const { amount } = event?.features ?? {};
    expect({ score, version }).toEqual({ score: event?.prediction.score, version: "v1" });
    expect([score >= 0.45, score <= 0.55]).toEqual([true, true]);
    expect(columns?.["amount"] ?? null).toBe(amount);
  }

  // Somebody looks at them, and decides.
  const labels = items.map(({ id, time }) => ({ id, time: Date.parse(time) + 30 * MINUTE, truth: true }));
  writeFileSync(decided, labels.map((label) => `${JSON.stringify(label)}\n`).join(""));
  const second = await startDaemon(directory);
  const { rows } = await second.accounted("decided", (seen) => seen.rows.received === items.length);
  expect(rows).toMatchObject({ measured: items.length, waiting: 0, balanced: true });
  expect(linesOf(file)).toHaveLength(items.length);
  expect((await second.end()).code).toBe(0);
});

/** Its ten minutes. */
function spanOf({ time }: ReviewItem): string {
  return time.slice(0, 15);
}

function linesOf(file: string): ReviewItem[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, "utf8").split("\n").slice(0, -1);
  return lines.map((line) => JSON.parse(line) as ReviewItem);
}
