import { describe, expect, it } from "vitest";
import { emptyRouteCounts, fitDelayModel } from "../../../src/commands/demo/delay-model.ts";
import { FLIGHTS_STREAM, OUTCOMES_STREAM, generateEvents } from "../../../src/commands/demo/events.ts";
import type { EventOptions } from "../../../src/commands/demo/events.ts";
import type { Fault } from "../../../src/commands/demo/fault.ts";
import type { FlightChunk } from "../../../src/commands/demo/flights.ts";

const START = Date.UTC(2001, 1, 1);
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Flights a minute apart with delays -5, 0, 20 and 300 in turn. */
function chunkOf(rows: number): FlightChunk {
  const delays = [-5, 0, 20, 300];
  return {
    firstRow: 7,
    rows,
    time: Float64Array.from({ length: rows }, (_, i) => START + i * MINUTE),
    delay: Int16Array.from({ length: rows }, (_, i) => delays[i % 4] ?? 0),
    distance: Int16Array.from({ length: rows }, (_, i) => 100 + i),
    origin: Uint16Array.from({ length: rows }, (_, i) => i % 2),
    destination: Uint16Array.from({ length: rows }, (_, i) => (i + 1) % 2),
    airports: ["ATL", "BOS"],
  };
}

interface Seen {
  readonly stream: string;
  readonly time: number;
  readonly offset: number;
  readonly until: number;
  readonly event: Record<string, unknown>;
}

async function collect(options: Partial<EventOptions> & { readonly rows: number }): Promise<Seen[]> {
  const seen: Seen[] = [];
  const chunks = async function* (): AsyncGenerator<FlightChunk> {
    yield chunkOf(options.rows);
  };
  const slices = generateEvents({
    chunks: chunks(),
    model: fitDelayModel(emptyRouteCounts()),
    faults: [],
    from: START,
    to: START + 24 * HOUR,
    slice: HOUR,
    outcomes: "apart",
    ...options,
  });
  for await (const { until, batches } of slices) {
    for (const batch of batches) {
      batch.values.forEach((value, i) => {
        seen.push({
          stream: batch.stream,
          time: batch.timestamps[i] ?? 0,
          offset: batch.offsets[i] ?? -1,
          until,
          event: JSON.parse(String(value)),
        });
      });
    }
  }
  return seen;
}

describe("generated events", () => {
  it("are native inference events, and their outcomes come an hour and the delay later", async () => {
    const seen = await collect({ rows: 4 });
    const flights = seen.filter(({ stream }) => stream === FLIGHTS_STREAM);
    expect(flights[0]?.event).toEqual({
      id: "f7",
      time: START,
      model: "flight-delay",
      version: "v1",
      features: { origin: "ATL", destination: "BOS", distance: 100, delay: -5 },
      prediction: { score: 0.5, decision: true },
    });
    const outcomes = seen.filter(({ stream }) => stream === OUTCOMES_STREAM);
    expect(outcomes.map(({ event }) => event)).toEqual([
      { id: "f7", time: START + 60 * MINUTE, truth: false },
      { id: "f8", time: START + 61 * MINUTE, truth: false },
      { id: "f9", time: START + 82 * MINUTE, truth: true },
      { id: "f10", time: START + 363 * MINUTE, truth: true },
    ]);
  });

  it("come in time order in each stream, with consecutive offsets, within their slice", async () => {
    const seen = await collect({ rows: 500 });
    expect(seen).toHaveLength(1000);
    for (const stream of [FLIGHTS_STREAM, OUTCOMES_STREAM]) {
      const own = seen.filter((one) => one.stream === stream);
      expect(own.map(({ offset }) => offset)).toEqual(Array.from({ length: 500 }, (_, i) => i));
      expect(own.every(({ time }, i) => i === 0 || time >= (own[i - 1]?.time ?? 0))).toBe(true);
    }
    expect(seen.every(({ time, until }) => time < until && time >= until - HOUR)).toBe(true);
    expect(seen.every(({ time, event }) => time === event["time"])).toBe(true);
  });

  it("go on slice by slice where nothing happens, so that the clock goes on", async () => {
    const silence: Fault = {
      name: "silence",
      from: START + HOUR,
      to: START + 4 * HOUR,
      description: "no record arrives",
      alter: (record) => {
        record.silent = true;
      },
      moves: () => true,
    };
    const seen = await collect({ rows: 400, faults: [silence] });
    const flights = seen.filter(({ stream }) => stream === FLIGHTS_STREAM);
    expect(flights).toHaveLength(400 - 180);
    expect(flights.some(({ time }) => time >= silence.from && time < silence.to)).toBe(false);
    expect(seen.filter(({ stream }) => stream === OUTCOMES_STREAM)).toHaveLength(220);
  });

  it("hold their own truth where a reference is to be built from them", async () => {
    const seen = await collect({ rows: 4, outcomes: "inside" });
    expect(seen.map(({ stream }) => stream)).toEqual(Array(4).fill(FLIGHTS_STREAM));
    expect(seen.map(({ event }) => event["truth"])).toEqual([false, false, true, true]);
  });

  it("leave out what is not in the span", async () => {
    const seen = await collect({ rows: 300, from: START + 10 * MINUTE, to: START + 20 * MINUTE });
    expect(seen.filter(({ stream }) => stream === FLIGHTS_STREAM).map(({ event }) => event["id"])).toEqual(
      Array.from({ length: 10 }, (_, i) => `f${17 + i}`),
    );
  });
});
