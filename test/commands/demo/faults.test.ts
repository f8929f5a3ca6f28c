import { describe, expect, it } from "vitest";
import type { FlightRecord } from "../../../src/commands/demo/fault.ts";
import { FAULTS, draw } from "../../../src/commands/demo/faults.ts";

const DAY = 86_400_000;

function flight(row: number): FlightRecord {
  return {
    row,
    time: 0,
    delay: 3,
    distance: 1000,
    distanceAsText: false,
    origin: "ATL",
    destination: "BOS",
    version: "v1",
    logit: -1,
    silent: false,
  };
}

function faultNamed(name: string) {
  const fault = FAULTS.find((candidate) => candidate.name === name);
  if (fault === undefined) throw new Error(`no fault ${name}`);
  return fault;
}

function altered(name: string, row: number, changes: Partial<FlightRecord> = {}): FlightRecord {
  const record = { ...flight(row), ...changes };
  faultNamed(name).alter(record);
  return record;
}

describe("faults", () => {
  it("come one after the other, with room for every window to recover", () => {
    for (const [i, fault] of FAULTS.entries()) {
      expect(fault.to).toBeGreaterThan(fault.from);
      const next = FAULTS[i + 1];
      expect((next?.from ?? Infinity) - fault.to).toBeGreaterThan(7 * DAY);
    }
  });

  it("send kilometres from one airport only", () => {
    expect(altered("kilometres", 1).distance).toBe(1609);
    expect(altered("kilometres", 1, { origin: "ORD" }).distance).toBe(1000);
  });

  it("lose the origin of 30% of the records, always the same ones", () => {
    const lost = Array.from({ length: 20_000 }, (_, row) => altered("lost-origin", row).origin === null);
    expect(lost.filter(Boolean).length / lost.length).toBeCloseTo(0.3, 1);
    expect(Array.from({ length: 20_000 }, (_, row) => altered("lost-origin", row).origin === null)).toEqual(
      lost,
    );
  });

  it("give half of the traffic to v2, and stretch it from some airports", () => {
    const records = Array.from({ length: 20_000 }, (_, row) =>
      altered("stretched-version", row, { origin: "ORD" }),
    );
    const second = records.filter(({ version }) => version === "v2");
    expect(second.length / records.length).toBeCloseTo(0.5, 1);
    expect(second.every(({ logit }) => logit === -2.5)).toBe(true);
    expect(records.every(({ version, logit }) => version === "v2" || logit === -1)).toBe(true);
    const elsewhere = Array.from({ length: 100 }, (_, row) => altered("stretched-version", row));
    expect(elsewhere.every(({ logit }) => logit === -1)).toBe(true);
  });

  it("change the type of distance, and silence the stream", () => {
    expect(altered("text-distance", 1).distanceAsText).toBe(true);
    expect(altered("silence", 1).silent).toBe(true);
  });

  it("know which series they can move, and which not", () => {
    const moves = (name: string, measure: string, series: object): boolean =>
      faultNamed(name).moves({ measure, ...series });
    expect(moves("kilometres", "psi", { column: "distance", segment: "origin=ATL" })).toBe(true);
    expect(moves("kilometres", "psi", { column: "distance" })).toBe(true);
    expect(moves("kilometres", "psi", { column: "distance", segment: "origin=ORD" })).toBe(false);
    expect(moves("kilometres", "psi", { column: "delay", segment: "origin=ATL" })).toBe(false);
    expect(moves("kilometres", "missing", { column: "distance" })).toBe(false);
    expect(moves("lost-origin", "missing", { column: "origin", version: "v1" })).toBe(true);
    expect(moves("lost-origin", "psi", { column: "origin" })).toBe(false);
    expect(moves("lost-origin", "psi", { column: "distance", segment: "other" })).toBe(true);
    expect(moves("text-distance", "invalid", { version: "v1" })).toBe(true);
    expect(moves("text-distance", "psi", { column: "distance" })).toBe(false);
    expect(moves("stretched-version", "psi", { column: "prediction.score", version: "v2" })).toBe(true);
    expect(moves("stretched-version", "psi", { column: "prediction.score", version: "v1" })).toBe(false);
    expect(moves("stretched-version", "psi", { column: "origin", version: "v2" })).toBe(false);
    const boston = { column: "prediction.score", version: "v2", segment: "origin=BOS" };
    expect(moves("stretched-version", "psi", boston)).toBe(false);
    expect(moves("stretched-version", "ece", { version: "v2" })).toBe(true);
    expect(moves("silence", "volume", {})).toBe(true);
    expect(moves("silence", "psi", { column: "origin" })).toBe(false);
  });

  it("draw evenly", () => {
    const tenths = Array.from({ length: 10 }, () => 0);
    for (let row = 0; row < 100_000; row++) {
      const tenth = Math.floor(draw(row, 1) * 10);
      tenths[tenth] = (tenths[tenth] ?? 0) + 1;
    }
    for (const count of tenths) expect(Math.abs(count - 10_000)).toBeLessThan(500);
  });
});
