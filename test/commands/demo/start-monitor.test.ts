import { expect, it } from "vitest";
import { runDemo } from "../../../src/commands/demo/demo.ts";
import type { FlightChunk } from "../../../src/commands/demo/flights.ts";
import { monitorStarter } from "../../../src/commands/demo/start-monitor.ts";
import type { Alert } from "../../../src/verdict/alert.ts";
import { demoIo } from "./io.ts";

const DAY = 86_400_000;
const PER_DAY = 1_200;
const AIRPORTS = ["ATL", "BOS", "ORD", "SEA"];

/** January to 27 February: 300 flights a day from each of four airports, their distances and delays drawn alike all the time. */
async function* flights(): AsyncGenerator<FlightChunk> {
  const random = createRandom(7);
  const rows = 58 * PER_DAY;
  const drawn = (most: number) => () => Math.floor(random() * most);
  const origin = Uint16Array.from({ length: rows }, drawn(4));
  yield {
    firstRow: 0,
    rows,
    time: Float64Array.from({ length: rows }, (_, i) => Date.UTC(2001, 0, 1) + (i * DAY) / PER_DAY),
    delay: Int16Array.from({ length: rows }, () => (random() < 0.2 ? 40 : 0)),
    distance: Int16Array.from({ length: rows }, drawn(1_500)).map((miles) => 150 + miles),
    origin,
    destination: origin.map((from) => (from + 1 + Math.floor(random() * 3)) % 4),
    airports: AIRPORTS,
  };
}

/** Uniform in [0, 1), the same at every run (mulberry32). */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

interface DemoJson {
  readonly received: number;
  readonly measured: number;
  readonly waiting: number;
  readonly dropped: Readonly<Record<string, number>>;
  readonly alerts: readonly Alert[];
  readonly faults: readonly unknown[];
}

it("the daemon finds the kilometres in the stream, and nothing else, with every row accounted for", async () => {
  const { io, written } = demoIo();
  const status = await runDemo({
    io,
    options: { exit: true, speed: Infinity, json: true, faults: true },
    start: monitorStarter({
      build: { version: "0", node: io.nodeVersion },
      process: () => io.readProcess(),
    }),
    clock: () => performance.now(),
    flights,
    span: { from: Date.UTC(2001, 1, 18), to: Date.UTC(2001, 1, 27) },
  });
  // Written by reportJson: the assertions below are what makes it so.
  const json = JSON.parse(written.stdout) as DemoJson;
  expect(json.alerts.map(({ alert, segment, column }) => [alert, segment, column])).toEqual([
    ["DailyDriftByOrigin", "origin=ATL", "distance"],
    ["DailyDrift", undefined, "distance"],
  ]);
  const [alert] = json.alerts;
  expect(alert?.explanation).toMatch(/: distance in ATL moved up: .* rose from .* to .*\. Population/);
  expect(alert?.score).toMatchObject({ status: "ok", trust: "provisional" });
  expect(json.faults).toMatchObject([{ fault: "kilometres", foundBy: "DailyDriftByOrigin" }]);
  expect(alert?.state).toBe("resolved");
  expect(json.received).toBe(2 * 9 * PER_DAY);
  expect(json).toMatchObject({ measured: json.received, waiting: 0, dropped: {} });
  expect(written.stderr).toBe("");
  expect(status).toBe(0);
});
