import { describe, expect, it } from "vitest";
import {
  addRoutes,
  delayLogit,
  emptyRouteCounts,
  fitDelayModel,
  isLate,
  toProbability,
} from "../../../src/commands/demo/delay-model.ts";
import type { FlightChunk } from "../../../src/commands/demo/flights.ts";
import { findFlights, readFlights } from "../../../src/commands/demo/flights.ts";

const FEBRUARY = Date.UTC(2001, 1, 1);

async function readJanuary(): Promise<FlightChunk[]> {
  const chunks: FlightChunk[] = [];
  for await (const chunk of readFlights(findFlights())) {
    if ((chunk.time[0] ?? FEBRUARY) >= FEBRUARY) break;
    chunks.push(chunk);
  }
  return chunks;
}

describe("flights", () => {
  it("are read in order, a row group at a time, with what the file says of the first one", async () => {
    const [first, second] = await readJanuary();
    expect(first?.rows).toBe(272_727);
    expect(second?.firstRow).toBe(272_727);
    const sorted = first?.time.every((time, i) => i === 0 || time >= (first.time[i - 1] ?? 0));
    expect(sorted).toBe(true);
    expect(new Date(first?.time[0] ?? 0).toISOString()).toBe("2001-01-01T00:01:00.000Z");
    expect(Math.min(...(first?.distance ?? []).slice(0, 1000))).toBeGreaterThanOrEqual(21);
    expect(first?.airports[first.origin[0] ?? 0]).toMatch(/^[A-Z]{3}$/);
    expect(second?.airports).toBe(first?.airports);
  });

  it("name the package where the file is missing", async () => {
    await expect(readFlights("/nowhere/flights.parquet").next()).rejects.toMatchObject({
      code: "SOURCE_INVALID",
      message: expect.stringContaining("npm ci"),
    });
  });
});

describe("delay model", () => {
  it("is calibrated on the January that it was fitted on, in all and by tenth", async () => {
    const chunks = await readJanuary();
    const counts = emptyRouteCounts();
    for (const chunk of chunks) addRoutes(counts, chunk, FEBRUARY);
    const model = fitDelayModel(counts);
    const scored: { score: number; late: number }[] = [];
    for (const chunk of chunks) {
      for (let i = 0; i < chunk.rows && (chunk.time[i] ?? 0) < FEBRUARY; i++) {
        const score = toProbability(delayLogit(model, chunk.origin[i] ?? 0, chunk.destination[i] ?? 0));
        scored.push({ score, late: isLate(chunk.delay[i] ?? 0) ? 1 : 0 });
      }
    }
    const mean = (of: typeof scored, value: (one: (typeof scored)[number]) => number): number =>
      of.reduce((sum, one) => sum + value(one), 0) / of.length;
    expect(mean(scored, ({ score }) => score)).toBeCloseTo(
      mean(scored, ({ late }) => late),
      5,
    );
    scored.sort((a, b) => a.score - b.score);
    for (let tenth = 0; tenth < 10; tenth++) {
      const part = scored.slice((tenth * scored.length) / 10, ((tenth + 1) * scored.length) / 10);
      expect(Math.abs(mean(part, ({ score }) => score) - mean(part, ({ late }) => late))).toBeLessThan(0.01);
    }
  });

  it("keeps an airport that it saw once near the rest", () => {
    const counts = emptyRouteCounts();
    const chunk: FlightChunk = {
      firstRow: 0,
      rows: 201,
      time: new Float64Array(201),
      delay: Int16Array.from({ length: 201 }, (_, i) => (i % 5 === 0 ? 60 : 0)),
      distance: new Int16Array(201),
      origin: Uint16Array.from({ length: 201 }, (_, i) => (i === 200 ? 1 : 0)),
      destination: new Uint16Array(201).fill(2),
      airports: ["AAA", "BBB", "CCC"],
    };
    addRoutes(counts, chunk, 1);
    const model = fitDelayModel(counts);
    expect(toProbability(delayLogit(model, 0, 2))).toBeCloseTo(0.2, 2);
    expect(toProbability(delayLogit(model, 1, 2))).toBeLessThan(0.35);
  });
});
