import { describe, expect, it } from "vitest";
import { DROP_REASONS } from "../../src/event/reason.ts";
import { admitRows } from "../../src/window/admission.ts";
import { createPartitionClock, type PartitionClock } from "../../src/window/partition-clock.ts";
import { columnOf, decoderOf, planOf, recordsOf } from "../event/records-of.ts";

const NOW = Date.UTC(2026, 0, 2);
const MINUTE = 60_000;

/** A record as a story tells it: minutes of event time (a word: no usable time) and of the record's timestamp. */
interface Told {
  readonly time?: number | string;
  readonly stamp: number;
  readonly garbage?: boolean;
}

interface Admitted {
  /** Per row: minute of its pane or "none", and the reason it was dropped for. */
  readonly rows: string[];
  /** Per counted garbage: minute of its pane, and the row before it. */
  readonly garbage: string[];
  readonly clock: PartitionClock;
}

/** Admits records in one call, or each in its own; panes of 1 minute, lateness 2 minutes. */
function admit(told: readonly Told[], given: { closedThrough?: number; cut?: number } = {}): Admitted {
  const decoder = decoderOf([planOf([columnOf({ name: "x" })])]);
  const clock = createPartitionClock();
  const rows: string[] = [];
  const garbage: string[] = [];
  const { closedThrough = Number.NEGATIVE_INFINITY, cut = told.length } = given;
  for (let from = 0; from < told.length; from += cut) {
    const part = told.slice(from, from + cut);
    const records = recordsOf(
      part.map((one) =>
        one.garbage === true
          ? "{"
          : { time: typeof one.time === "number" ? NOW + one.time * MINUTE : one.time, features: { x: 1 } },
      ),
      { timestamps: Float64Array.from(part, ({ stamp }) => NOW + stamp * MINUTE) },
    );
    const decoded = decoder.decode(records, { now: NOW + 60 * MINUTE });
    const starts = new Float64Array(part.length);
    const [batch] = decoded.batches;
    const before = rows.length;
    admitRows({
      decoded,
      rules: [{ pane: MINUTE, lateness: 2 * MINUTE, closedThrough: NOW + closedThrough * MINUTE }],
      clock,
      starts: [starts],
      undecodable: (_, start, row) => garbage.push(`${(start - NOW) / MINUTE} after ${before + row}`),
    });
    for (let row = 0; row < batch.rows; row++) {
      const reason = batch.reason[row] === 0 ? "" : ` ${DROP_REASONS[batch.reason[row] - 1]}`;
      const start = starts[row];
      rows.push(`${Number.isNaN(start) ? "none" : (start - NOW) / MINUTE}${reason}`);
    }
  }
  return { rows, garbage, clock };
}

function minute(time: number): number {
  return (time - NOW) / MINUTE;
}

describe("admitRows", () => {
  it("judges each row against what its own partition has reached before it", () => {
    const { rows, clock } = admit([
      { time: 0, stamp: 0 },
      { time: 5, stamp: 5 },
      // Its pane ended at 3, and with 2 minutes of lateness at 5.
      { time: 2.5, stamp: 5 },
      { time: 3.5, stamp: 5 },
      { time: 5.5, stamp: 6 },
    ]);
    expect(rows).toEqual(["0", "5", "none late", "3", "5"]);
    expect(minute(clock.watermark)).toBe(5.5);
  });

  it("drops what falls into panes that the model has closed, though the partition lags behind", () => {
    const { rows, clock } = admit(
      [
        { time: 7.5, stamp: 8 },
        { time: 8, stamp: 8 },
      ],
      { closedThrough: 8 },
    );
    expect(rows).toEqual(["none late", "8"]);
    expect(minute(clock.watermark)).toBe(8);
  });

  it("counts invalid rows at the time that stands in for theirs, and advances by them", () => {
    const { rows, clock } = admit([
      { time: 0, stamp: 1 },
      { time: "never", stamp: 5 },
      { stamp: 9 },
      // The invalid rows have moved the watermark to 8, a minute behind their timestamps.
      { time: 5.5, stamp: 9 },
    ]);
    expect(rows).toEqual(["0", "4 invalid", "8 invalid", "none late"]);
    expect(minute(clock.watermark)).toBe(8);
  });

  it("never lets the future move anything", () => {
    const { rows, clock } = admit([
      { time: 0, stamp: 0 },
      // An event far ahead of its record, and a record far ahead of the wall clock.
      { time: 30, stamp: 1 },
      { time: 500, stamp: 500 },
      { stamp: 500 },
      { stamp: 500, garbage: true },
      { time: 1, stamp: 1 },
    ]);
    expect(rows).toEqual(["0", "none future", "none future", "none future", "1"]);
    expect(minute(clock.watermark)).toBe(1);
    expect(minute(clock.recordTime)).toBe(1);
  });

  it("advances by garbage, at the lag of the last valid row", () => {
    const { rows, garbage, clock } = admit([
      { time: 0, stamp: 10 },
      { stamp: 15, garbage: true },
      { time: 5, stamp: 15 },
      { stamp: 20, garbage: true },
    ]);
    expect(rows).toEqual(["0", "5"]);
    expect(garbage).toEqual(["5 after 0", "10 after 1"]);
    expect(minute(clock.watermark)).toBe(10);
  });

  it("does not count garbage that is late", () => {
    const { garbage } = admit([
      { stamp: 0, garbage: true },
      { time: 9, stamp: 9 },
      { stamp: 2, garbage: true },
      { stamp: 7, garbage: true },
    ]);
    expect(garbage).toEqual(["0 after -1", "7 after 0"]);
    expect(admit([{ stamp: 3, garbage: true }], { closedThrough: 4 }).garbage).toEqual([]);
  });

  it("gives the same panes wherever the records are cut into batches", () => {
    const told: Told[] = Array.from({ length: 200 }, (_, i) => ({
      stamp: i / 4,
      ...(i % 7 === 3 ? { garbage: true } : {}),
      ...(i % 11 === 5 ? { time: "never" } : { time: i / 4 - ((i * 37) % 50) / 10 }),
    }));
    const whole = admit(told);
    expect(whole.rows.filter((row) => row.includes("late")).length).toBeGreaterThan(5);
    for (const cut of [1, 7, 64]) {
      const { rows, clock, garbage } = admit(told, { cut });
      expect(rows).toEqual(whole.rows);
      expect(clock).toEqual(whole.clock);
      expect(garbage.map((one) => one.split(" ")[0])).toEqual(whole.garbage.map((one) => one.split(" ")[0]));
    }
  });
});
