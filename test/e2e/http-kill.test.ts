import { setTimeout as sleep } from "node:timers/promises";
import { expect, test, vi } from "vitest";
import { eventually, startDaemon, type Daemon } from "./daemon.ts";
import { scoredEvents, type ScoredEvent } from "./events.ts";
import { writeProject } from "./project.ts";
import { countsInStore, countsOfEvents } from "./recount.ts";

/** The benchmark asks for more. */
const KILLS = Number(process.env["DRIFTD_HTTP_KILLS"] ?? 5);
const SENDERS = 8;
/** Pairs acknowledged between two kills, at least. */
const PAIRS = 150;

// Others may have the machine.
vi.setConfig({ testTimeout: 600_000 + KILLS * 30_000 });

const HALVES = ["request", "response"] as const;
type Half = (typeof HALVES)[number];

/** What KServe's logger makes of a call of the model's server. */
function cloudEvent(
  { id, time, version, features, segment, prediction }: ScoredEvent,
  half: Half,
): RequestInit {
  const body =
    half === "request" ? { instances: [{ ...features, ...segment }] } : { predictions: [prediction.score] };
  return {
    method: "POST",
    body: JSON.stringify(body),
    headers: {
      "content-type": "application/json",
      "ce-specversion": "1.0",
      "ce-id": id,
      "ce-type": `org.kubeflow.serving.inference.${half}`,
      "ce-source": "http://localhost:9081/",
      "ce-time": new Date(time).toISOString(),
      "ce-inferenceservicename": "scoring",
      "ce-component": "predictor",
      "ce-endpoint": version,
    },
  };
}

/** Tries until the half is acknowledged; answers how often that failed. */
async function sendHalf(url: () => string, event: ScoredEvent, half: Half): Promise<number> {
  for (let failures = 0; ; failures++) {
    const init = { ...cloudEvent(event, half), signal: AbortSignal.timeout(20_000) };
    const response = await fetch(url(), init).catch(() => undefined);
    await response?.arrayBuffer().catch(() => undefined);
    if (response?.status === 200) return failures;
    await sleep(20);
  }
}

test("no acknowledged pair is lost: killed again and again, the store equals a recount to the bit", async () => {
  const { directory, state } = await writeProject({
    config: {
      streams: {
        served: { role: "inference", http: true, format: "kserve", map: { score: "/predictions" } },
      },
    },
    rules: { window: { size: "5m", pane: "1m", lateness: "2m" } },
  });
  const sent: ScoredEvent[] = [];
  let acknowledged = 0;
  let failures = 0;
  let daemon: Daemon = await startDaemon(directory);
  let url = String((await daemon.said("listening"))["url"]);
  const over = new AbortController();

  const sendOn = async (sender: number): Promise<void> => {
    for (let round = 0; !over.signal.aborted; round++) {
      const now = Date.now();
      const seed = sender * 1_000_000 + round;
      for (const event of scoredEvents({ count: 1, from: now, to: now + 1, seed })) {
        sent.push(event);
        // Whoever is first is chance, as it is on the wire.
        const failed = await Promise.all(HALVES.map((half) => sendHalf(() => url, event, half)));
        for (const failure of failed) failures += failure;
        acknowledged += 1;
      }
    }
  };
  const senders = Array.from({ length: SENDERS }, (_, sender) => sendOn(sender));
  for (let kill = 1; kill <= KILLS; kill++) {
    const goal = acknowledged + PAIRS;
    await eventually("pairs enough", async () => (acknowledged >= goal ? true : undefined));
    expect((await daemon.end("SIGKILL")).signal).toBe("SIGKILL");
    daemon = await startDaemon(directory);
    url = String((await daemon.said("listening"))["url"]);
  }
  over.abort();
  await Promise.all(senders);

  expect(acknowledged).toBe(sent.length);
  // Killed while something was under way.
  expect(failures).toBeGreaterThan(0);
  const { rows } = await daemon.accounted("served", ({ rows: { measured } }) => measured >= 2 * sent.length);
  const { duplicate = 0, ...otherwise } = rows.dropped;
  expect(otherwise).toEqual({});
  // What became durable and was not acknowledged came once more.
  expect(duplicate).toBeLessThanOrEqual(failures);
  expect(rows).toMatchObject({
    measured: 2 * sent.length,
    received: 2 * sent.length + duplicate,
    waiting: 0,
    balanced: true,
  });
  expect((await daemon.end()).code).toBe(0);
  const stored = await countsInStore(directory, state);
  const recounted = await countsOfEvents(directory, sent);
  expect(new Map([...stored].toSorted())).toEqual(new Map([...recounted].toSorted()));
});
