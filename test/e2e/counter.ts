import type { FittedModel } from "../../src/rules/fitted-model.ts";
import type { TopicRecord } from "./topic.ts";

/** Counts by where they stand: "pane start/version/segment/column/what". Zeros are left out. */
export type Counts = ReadonlyMap<string, number>;

/** Where records and rows went, as GET /api/accounting says it; only reasons that occurred are listed. */
interface CountedLedger {
  readonly records: Record<"received" | "decoded" | "undecodable" | "ignored" | "oversize", number>;
  readonly rows: { received: number; measured: number; readonly dropped: Record<string, number> };
}

/** The fields of an event that count. What is of another type than it should be is a fault of the record. */
interface CountedEvent {
  readonly time?: unknown;
  readonly model?: unknown;
  readonly version?: unknown;
  readonly segment?: { readonly region?: unknown };
  readonly features?: Readonly<Record<string, unknown>>;
  readonly prediction?: { readonly score?: unknown };
}

/** How far a partition has come. */
interface Place {
  watermark: number;
  /** Record time - event time of the last row that had a time. */
  lag: number;
  version: string;
}

/**
 * Counts records one after the other, in the plainest way: with nothing of driftd but the reference's edges, categories and
 * segments. Records of a partition must come in the order of their offsets, those of several in any.
 */
export interface Counter {
  add(record: TopicRecord): void;
  readonly counts: Counts;
  readonly ledger: CountedLedger;
}

export interface CounterOptions {
  readonly fitted: FittedModel;
  /** As `maxAhead` and `maxRecordBytes` of the configuration say. */
  readonly maxAhead?: number;
  readonly maxRecordBytes?: number;
}

export function createCounter({
  fitted,
  maxAhead = 300_000,
  maxRecordBytes = 2 ** 20,
}: CounterOptions): Counter {
  const { pane, lateness, model } = fitted.counting;
  const rulers = rulersOf(fitted);
  const segments = new Set(fitted.counting.segments.names);
  const places = new Map<number, Place>();
  const counts = new Map<string, number>();
  const records = { received: 0, decoded: 0, undecodable: 0, ignored: 0, oversize: 0 };
  const rows = { received: 0, measured: 0, dropped: {} as Record<string, number> };

  const count = (key: string): void => void counts.set(key, (counts.get(key) ?? 0) + 1);
  const drop = (reason: string): void => void (rows.dropped[reason] = (rows.dropped[reason] ?? 0) + 1);
  const startOf = (time: number): number => time - (time % pane);
  const isLate = (time: number, { watermark }: Place): boolean =>
    startOf(time) + pane + lateness <= watermark;
  const reach = (place: Place, time: number): void => {
    place.watermark = Math.max(place.watermark, time);
  };

  function addGarbage(place: Place, time: number): void {
    if (!isLate(time, place)) count(`${startOf(time)}/${place.version}/all//undecodable`);
    reach(place, time);
  }

  function addEvent(place: Place, timestamp: number, event: CountedEvent): void {
    rows.received += 1;
    if ((event.model ?? model) !== model) return drop("unknown-model");
    const version = String(event.version ?? "");
    place.version = version;
    const isInvalid = typeof event.time !== "number";
    const time = typeof event.time === "number" ? event.time : timestamp - place.lag;
    if (time > timestamp + maxAhead) return drop("future");
    if (!isInvalid) place.lag = timestamp - time;
    if (isInvalid) drop("invalid");
    if (isLate(time, place)) {
      if (!isInvalid) drop("late");
      return;
    }
    reach(place, time);
    const at = `${startOf(time)}/${version}`;
    if (isInvalid) return count(`${at}/all//invalid`);
    rows.measured += 1;
    const region = `region=${String(event.segment?.region)}`;
    addRow([`${at}/all`, `${at}/${segments.has(region) ? region : "other(region)"}`], event);
  }

  function addRow(panes: readonly string[], { features, prediction }: CountedEvent): void {
    let isFaulty = false;
    const what: string[] = [];
    for (const [column, ruler] of rulers) {
      const value = column === "prediction.score" ? prediction?.score : features?.[column];
      const slots = ruler(value ?? null);
      if (slots.includes("invalid")) isFaulty = true;
      for (const slot of slots) what.push(`${column}/${slot}`);
    }
    for (const at of panes) {
      count(`${at}//measured`);
      if (isFaulty) count(`${at}//faulty`);
      for (const slot of what) count(`${at}/${slot}`);
    }
  }

  return {
    add({ partition, timestamp, value }) {
      const place = places.get(partition) ?? { watermark: -Infinity, lag: 0, version: "" };
      places.set(partition, place);
      records.received += 1;
      if (value === null) records.ignored += 1;
      else if (value.length > maxRecordBytes) records.oversize += 1;
      else {
        const event = parse(value);
        if (event === undefined) {
          records.undecodable += 1;
          addGarbage(place, timestamp - place.lag);
        } else {
          records.decoded += 1;
          addEvent(place, timestamp, event);
        }
      }
    },
    counts,
    ledger: { records, rows },
  };
}

function parse(value: Buffer): CountedEvent | undefined {
  try {
    // What it holds is looked at where it is used.
    return JSON.parse(value.toString()) as CountedEvent;
  } catch {
    return undefined;
  }
}

type Ruler = (value: unknown) => readonly string[];

/** By column: how one value counts, said again in the plainest way. */
function rulersOf({ reference, counting }: FittedModel): Map<string, Ruler> {
  const counted = new Set(counting.layout.sections.map(({ column }) => column));
  return new Map(
    reference.columns
      .filter(({ name }) => counted.has(name))
      .map(({ name, grid, categories }) => [
        name,
        grid === undefined ? categoryRuler(categories) : numberRuler([...grid.edges], grid),
      ]),
  );
}

function categoryRuler(categories: readonly string[]): Ruler {
  return (value) => {
    if (value === null) return ["missing"];
    if (typeof value === "boolean") return ["invalid"];
    return [categories.includes(String(value)) ? `is ${String(value)}` : "unseen"];
  };
}

function numberRuler(edges: readonly number[], { low, high }: { low: number; high: number }): Ruler {
  return (value) => {
    if (value === null) return ["missing"];
    if (typeof value !== "number") return ["invalid"];
    const above = edges.findIndex((edge) => edge > value);
    return [
      `bin ${above < 0 ? edges.length : above}`,
      ...(value < low ? ["low"] : []),
      ...(value > high ? ["high"] : []),
      ...(Number.isFinite(value) ? [] : ["infinite"]),
    ];
  };
}
