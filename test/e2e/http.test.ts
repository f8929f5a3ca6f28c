import { expect, test, vi } from "vitest";
import { gzipSync } from "node:zlib";
import { setTimeout as sleep } from "node:timers/promises";
import { startDaemon, type Daemon } from "./daemon.ts";
import { scoredEvents, type ScoredEvent } from "./events.ts";
import { writeProject, type ProjectFiles } from "./project.ts";
import { countsInStore, countsOfEvents } from "./recount.ts";

// Others may have the machine.
vi.setConfig({ testTimeout: 120_000 });

const STREAMS = {
  scored: { role: "inference", http: true },
  charged: { role: "labels", of: "scored", http: true },
};

function httpProject(): Promise<ProjectFiles> {
  return writeProject({
    config: { streams: STREAMS },
    rules: {
      window: { size: "5m", pane: "1m", lateness: "2m" },
      labels: { cohort: "10m", matureAfter: "5m", expireAfter: "2h" },
      rules: [{ alert: "SchemaBroken", measure: "invalid", above: 0.01 }],
    },
  });
}

async function urlOf(daemon: Daemon): Promise<string> {
  return String((await daemon.said("listening"))["url"]);
}

async function post(url: string, body: string | Buffer): Promise<{ status: number; body: unknown }> {
  const response = await fetch(url, { method: "POST", body, signal: AbortSignal.timeout(20_000) });
  return { status: response.status, body: await response.json() };
}

const withModel = (event: ScoredEvent): object => ({ ...event, model: "scoring" });

test("events and labels that are sent are counted when they are answered", async () => {
  const { directory } = await httpProject();
  const daemon = await startDaemon(directory);
  const url = await urlOf(daemon);
  const takes = daemon.log().filter(({ msg }) => msg === "takes events");
  expect(takes.map(({ url: place, streams }) => [place, streams])).toEqual([
    [`${url}/v1/events`, ["scored"]],
    [`${url}/v1/labels`, ["charged"]],
  ]);
  expect(await daemon.status("/readyz")).toBe(200);

  const now = Date.now();
  const events = scoredEvents({ count: 300, from: now - 60_000, to: now });
  const lines = events.map((event) => `${JSON.stringify(withModel(event))}\n`).join("");
  expect(await post(`${url}/v1/events`, gzipSync(lines))).toEqual({ status: 200, body: { accepted: 300 } });
  expect((await daemon.accounting("scored")).rows).toMatchObject({ received: 300, measured: 300 });

  const labels = events.slice(0, 100).map(({ id }) => ({ id, time: now, model: "scoring", truth: true }));
  expect(await post(`${url}/v1/labels`, JSON.stringify(labels))).toEqual({
    status: 200,
    body: { accepted: 100 },
  });
  expect((await daemon.accounting("charged")).rows).toMatchObject({
    received: 100,
    measured: 100,
    waiting: 0,
  });

  const [one] = scoredEvents({ count: 1, from: now, to: now + 1, seed: 2 }).map(withModel);
  const mixed = [
    one,
    { ...one, model: "stranger" },
    7,
    { ...one, id: "x", time: "soon" },
    { ...events[0], model: "scoring" },
    { ...one, id: "y", time: now + 86_400_000 },
  ];
  expect(await post(`${url}/v1/events`, JSON.stringify(mixed))).toEqual({
    status: 400,
    body: {
      accepted: 1,
      rejected: [
        { index: 1, reason: "unknown-model" },
        { index: 2, reason: "undecodable" },
        { index: 3, reason: "invalid" },
        { index: 4, reason: "duplicate" },
        { index: 5, reason: "invalid" },
      ],
    },
  });
  const { records, rows } = await daemon.accounting("scored");
  expect(records).toMatchObject({ received: 306, decoded: 305, undecodable: 1 });
  expect(rows).toMatchObject({ received: 305, measured: 301, balanced: true });
  expect(await daemon.status("/healthz")).toBe(200);
  const exit = await daemon.end();
  expect(exit.code).toBe(0);
  expect(exit.milliseconds).toBeLessThan(10_000);
});

const KILLS = 5;
const SENDERS = 4;
const GROUP = 5;

test("what was acknowledged is never lost: killed again and again, the store equals a recount to the bit", async () => {
  const { directory, state } = await httpProject();
  const all: ScoredEvent[] = [];
  const waiting: ScoredEvent[][] = [];
  let acknowledged = 0;
  let duplicates = 0;
  let daemon = await startDaemon(directory);
  let url = await urlOf(daemon);

  /** Sends groups until it is told to end, each until it is acknowledged. */
  const sendOn = async (sender: number, isOver: () => boolean): Promise<void> => {
    for (let round = 0; waiting[sender]?.length !== 0 || !isOver(); round++) {
      if (waiting[sender]?.length === 0) {
        const now = Date.now();
        const seed = sender * 1_000_000 + round;
        waiting[sender] = scoredEvents({ count: GROUP, from: now, to: now + 1, seed });
        all.push(...waiting[sender]);
      }
      const group = waiting[sender] ?? [];
      const answer = await post(`${url}/v1/events`, JSON.stringify(group.map(withModel))).catch(
        () => undefined,
      );
      if (answer?.status !== 200) {
        await sleep(20);
        continue;
      }
      const { accepted } = answer.body as { accepted: number };
      acknowledged += GROUP;
      duplicates += GROUP - accepted;
      waiting[sender] = [];
    }
  };
  for (let sender = 0; sender < SENDERS; sender++) waiting.push([]);
  let isOver = false;
  const senders = waiting.map((_, sender) => sendOn(sender, () => isOver));
  for (let kill = 1; kill <= KILLS; kill++) {
    const goal = acknowledged + 400;
    await vi.waitUntil(() => acknowledged >= goal, 60_000);
    expect((await daemon.end("SIGKILL")).signal).toBe("SIGKILL");
    daemon = await startDaemon(directory);
    url = await urlOf(daemon);
  }
  isOver = true;
  await Promise.all(senders);

  const { rows } = await daemon.accounting("scored");
  expect(rows).toMatchObject({ measured: all.length, received: all.length + duplicates, balanced: true });
  expect(rows.dropped["duplicate"] ?? 0).toBe(duplicates);
  expect(acknowledged).toBe(all.length);
  expect((await daemon.end()).code).toBe(0);
  const stored = await countsInStore(directory, state);
  const recounted = await countsOfEvents(directory, all);
  expect(new Map([...stored].toSorted())).toEqual(new Map([...recounted].toSorted()));
});
