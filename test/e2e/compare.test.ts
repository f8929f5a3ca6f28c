import { expect, test } from "vitest";
import { faultsOfAlert } from "../publish/alert-schema.ts";
import { startReceiver } from "../publish/receiver.ts";
import type { Alert } from "../../src/verdict/alert.ts";
import { eventually, startDaemon } from "./daemon.ts";
import { scoredEvents, type ScoredEvent } from "./events.ts";
import { writeProject } from "./project.ts";

const MINUTE = 60_000;
const RATE = 900;

/** Two versions by turns; in the second half the new one sees other amounts in eu, and half of its cards are gone. */
function canary(begin: number): ScoredEvent[] {
  const half = begin + 10 * MINUTE;
  const span = { count: 10 * RATE, from: half, to: half + 10 * MINUTE };
  const calm = [
    ...scoredEvents({ count: 10 * RATE, from: begin, to: half, seed: 3 }),
    ...scoredEvents({ ...span, seed: 4 }),
  ];
  const moved = scoredEvents({ ...span, shift: 40, seed: 4 });
  return calm.map((event, i) => {
    if (i % 2 === 0) return event;
    const other = event.time >= half && event.segment.region === "eu" ? moved[i - 10 * RATE] : undefined;
    return { ...event, ...(other && { features: { ...other.features, card: "amex" } }), version: "v2" };
  });
}

test("a webhook gets one alert for a version and a segment, with all that differs there", async () => {
  const receiver = await startReceiver();
  const { directory } = await writeProject({
    config: {
      streams: { scored: { role: "inference", http: true } },
      publish: { webhook: { rollback: { url: receiver.url } } },
    },
    rules: {
      rules: [
        {
          alert: "CanaryWorse",
          compare: { version: "v2", against: "v1" },
          by: ["region"],
          for: "1m",
          action: "rollback",
        },
      ],
    },
  });
  const daemon = await startDaemon(directory);
  const url = String((await daemon.said("listening"))["url"]);
  const begin = Math.floor(Date.now() / MINUTE) * MINUTE - 45 * MINUTE;
  const events = canary(begin);
  const body = events.map((event) => `${JSON.stringify({ ...event, model: "scoring" })}\n`).join("");
  const response = await fetch(`${url}/v1/events`, { method: "POST", body });
  expect(await response.json()).toEqual({ accepted: events.length });

  await eventually("a call", async () => (receiver.received.length > 0 ? true : undefined));
  await daemon.shows('driftd_sink_deliveries_total{sink="webhook rollback",result="delivered"} 1');
  const told = receiver.received.map(({ body: text }) => JSON.parse(text) as Alert);
  expect(told.flatMap((alert) => faultsOfAlert({ ...alert }))).toEqual([]);
  expect(told.map(({ state, version, segment, column }) => [state, version, segment, column])).toEqual([
    ["firing", "v2", "region=eu", undefined],
  ]);
  const [{ explanation, evidence }] = told;
  expect(explanation).toMatch(/^CanaryWorse scoring v2, region=eu: v2 sees other data than v1 in eu \(/);
  const columns = evidence?.comparison?.columns ?? [];
  expect(columns.length).toBe(evidence?.comparison?.asked);
  expect(columns[0]).toMatchObject({ segment: "region=eu", differs: true, score: { status: "ok" } });
  for (const { score, difference } of columns) {
    expect(score.n).toBeGreaterThan(100);
    expect(difference?.lower).toBeLessThanOrEqual(difference?.upper ?? Number.NaN);
  }
  await daemon.shows(
    'driftd_alert_firing{alert="CanaryWorse",model="scoring",version="v2",segment="region=eu",severity="ticket"} 1',
  );
  await daemon.shows('driftd_version_differs{model="scoring",version="v2",against="v1"} 1');
  expect((await daemon.end()).code).toBe(0);
});
