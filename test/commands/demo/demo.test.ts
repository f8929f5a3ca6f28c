import { describe, expect, it } from "vitest";
import { runDemo } from "../../../src/commands/demo/demo.ts";
import type { Demo, DemoOptions } from "../../../src/commands/demo/demo.ts";
import type { FlightChunk } from "../../../src/commands/demo/flights.ts";
import type { Monitor, MonitorStart } from "../../../src/commands/demo/monitor.ts";
import type { Alert } from "../../../src/verdict/alert.ts";
import { MODEL, alertAt } from "./alerts.ts";
import { demoIo } from "./io.ts";

const TEN_MINUTES = 600_000;

/** January to February, a flight every ten minutes, from Atlanta and Boston in turn. */
async function* flights(): AsyncGenerator<FlightChunk> {
  const rows = (59 * 86_400_000) / TEN_MINUTES;
  yield {
    firstRow: 0,
    rows,
    time: Float64Array.from({ length: rows }, (_, i) => Date.UTC(2001, 0, 1) + i * TEN_MINUTES),
    delay: Int16Array.from({ length: rows }, (_, i) => (i % 5 === 0 ? 30 : 0)),
    distance: new Int16Array(rows).fill(900),
    origin: Uint16Array.from({ length: rows }, (_, i) => i % 2),
    destination: Uint16Array.from({ length: rows }, (_, i) => (i + 1) % 2),
    airports: ["ATL", "BOS"],
  };
}

const span = { from: Date.UTC(2001, 1, 19), to: Date.UTC(2001, 1, 26) };
const options: DemoOptions = { exit: true, speed: Infinity, json: false, faults: true };

interface Trial {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly january: number;
  readonly closed: boolean;
}

/** Runs the demo with a monitor that only counts, and fires the given alerts when their time comes. */
async function tryDemo(
  alerts: readonly Alert[],
  changes: Partial<Demo> = {},
  stopAt = Infinity,
): Promise<Trial> {
  const abort = new AbortController();
  const { io, written } = demoIo(abort.signal);
  let received = 0;
  let january = 0;
  let closed = false;
  const start = async ({ january: slices }: MonitorStart): Promise<Monitor> => {
    for await (const { events } of slices()) january += events;
    const waiting = [...alerts];
    return {
      model: MODEL,
      budgetedSeries: 100,
      fitness: [],
      metricsUrl: "http://127.0.0.1:9464/metrics",
      feed: async ({ events, until }) => {
        received += events;
        if (until >= stopAt) abort.abort();
        return waiting.splice(0, waiting.findLastIndex(({ startsAt }) => Date.parse(startsAt) <= until) + 1);
      },
      end: async () => waiting.splice(0),
      accounting: () => ({ received, measured: received, waiting: 0, dropped: {} }),
      close: async () => {
        closed = true;
      },
    };
  };
  const status = await runDemo({
    io,
    options,
    start,
    clock: () => performance.now(),
    flights,
    span,
    ...changes,
  });
  return { status, ...written, january, closed };
}

const found = alertAt("2001-02-20T15:00:00.000Z", { segment: "origin=ATL" });

describe("demo", () => {
  it("gives January to the reference, replays the span, and ends well when the fault was found", async () => {
    const { status, stdout, stderr, january, closed } = await tryDemo([found]);
    expect(january).toBe(31 * 144);
    expect(stdout).toMatch(/kilometres +20 Feb 00:00 +4 d +distances from ATL arrive in kilometres/);
    expect(stdout).toContain("Metrics: http://127.0.0.1:9464/metrics");
    expect(stdout).toContain("20 Feb 15:00  FIRING Daily flight-delay/distance v1: distance moved up.");
    expect(stdout).toMatch(/kilometres +20 Feb 00:00 +4 d +Daily distance v1 origin=ATL +15 h/);
    expect(stdout).not.toContain("\u001B");
    expect(stderr).toBe("");
    expect(status).toBe(0);
    expect(closed).toBe(true);
  });

  it("ends with 1 when a fault was missed, and says so", async () => {
    const { status, stdout } = await tryDemo([]);
    expect(status).toBe(1);
    expect(stdout).toContain("MISSED");
  });

  it("prints one JSON object and nothing else", async () => {
    const { stdout } = await tryDemo([found], { options: { ...options, json: true } });
    const json: unknown = JSON.parse(stdout);
    expect(json).toMatchObject({
      waiting: 0,
      dropped: {},
      faults: [{ foundBy: "Daily", afterSeconds: 54_000 }],
    });
  });

  it("leaves the data alone with faults off", async () => {
    const { status, stdout } = await tryDemo([], { options: { ...options, faults: false } });
    expect(status).toBe(0);
    expect(stdout).not.toContain("purpose");
  });

  it("stops where the signal comes, judges no fault that it did not reach, and does not serve on", async () => {
    const changes = { options: { ...options, exit: false } };
    const { status, stdout, closed } = await tryDemo([], changes, Date.UTC(2001, 1, 21));
    expect(stdout).toContain("not reached");
    expect(status).toBe(0);
    expect(closed).toBe(true);
  });
});
