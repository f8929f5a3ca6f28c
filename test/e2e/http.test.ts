import { expect, test } from "vitest";
import { gzipSync } from "node:zlib";
import { eventually, startDaemon, type Daemon } from "./daemon.ts";
import { scoredEvents, type ScoredEvent } from "./events.ts";
import { LABEL_SPANS, type ProjectFiles, writeProject } from "./project.ts";

const STREAMS = {
  scored: { role: "inference", http: true },
  charged: { role: "labels", of: "scored", http: true },
};

function httpProject(): Promise<ProjectFiles> {
  return writeProject({
    config: { streams: STREAMS },
    rules: {
      window: { size: "5m", pane: "1m", lateness: "2m" },
      labels: LABEL_SPANS,
      rules: [{ alert: "SchemaBroken", measure: "invalid", above: 0.01 }],
    },
  });
}

async function urlOf(daemon: Daemon): Promise<string> {
  return String((await daemon.said("listening"))["url"]);
}

async function post(url: string, body: string | Buffer): Promise<{ status: number; body: unknown }> {
  const response = await fetch(url, { method: "POST", body, signal: AbortSignal.timeout(120_000) });
  return { status: response.status, body: await response.json() };
}

const withModel = (event: ScoredEvent): object => ({ ...event, model: "scoring" });

test("events and labels that are sent are counted a moment after they are answered", async () => {
  const { directory } = await httpProject();
  const daemon = await startDaemon(directory);
  const url = await urlOf(daemon);
  const takes = await eventually("both places", async () => {
    const said = daemon.log().filter(({ msg }) => msg === "takes events");
    return said.length < 2 ? undefined : said;
  });
  expect(takes.map(({ url: place, streams }) => [place, streams])).toEqual([
    [`${url}/v1/events`, ["scored"]],
    [`${url}/v1/labels`, ["charged"]],
  ]);
  await daemon.ready();
  // What is sent has no beginning that is read from.
  expect(daemon.log().filter(({ msg }) => String(msg).includes("reading begins"))).toEqual([]);

  const now = Date.now();
  const events = scoredEvents({ count: 300, from: now - 60_000, to: now });
  const lines = events.map((event) => `${JSON.stringify(withModel(event))}\n`).join("");
  expect(await post(`${url}/v1/events`, gzipSync(lines))).toEqual({ status: 200, body: { accepted: 300 } });
  const counted = await daemon.accounted("scored", ({ rows: { received } }) => received >= 300);
  expect(counted.rows).toMatchObject({ received: 300, measured: 300 });

  const labels = events.slice(0, 100).map(({ id }) => ({ id, time: now, model: "scoring", truth: true }));
  expect(await post(`${url}/v1/labels`, JSON.stringify(labels))).toEqual({
    status: 200,
    body: { accepted: 100 },
  });
  const labelled = await daemon.accounted("charged", ({ rows: { received } }) => received >= 100);
  expect(labelled.rows).toMatchObject({
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
        { index: 1, reason: "unknown-model", detail: expect.stringMatching(/^model: /) },
        { index: 2, reason: "undecodable", detail: "it is JSON, but no object" },
        { index: 3, reason: "invalid", detail: expect.stringMatching(/^time: /) },
        { index: 4, reason: "duplicate" },
        { index: 5, reason: "invalid", detail: expect.stringMatching(/^time: /) },
      ],
    },
  });
  const { records, rows } = await daemon.accounted("scored", (found) => found.records.received >= 306);
  expect(records).toMatchObject({ received: 306, decoded: 305, undecodable: 1 });
  expect(rows).toMatchObject({ received: 305, measured: 301, balanced: true });
  expect(await daemon.status("/healthz")).toBe(200);
  const exit = await daemon.end();
  expect(exit.code).toBe(0);
  expect(exit.milliseconds).toBeLessThan(10_000);
});
