import type { StreamConfig } from "../../src/config/config.ts";
import type { SourceBatch } from "../../src/event/records.ts";
import { markRecord, type RecordMark } from "../../src/stream/record-mark.ts";
import { recordsOf } from "../../src/stream/sent-request.ts";
import type { Position, SourceListener } from "../../src/stream/source.ts";

interface SeenRecord {
  readonly stream: string;
  readonly partition: number;
  readonly offset: number;
  readonly value: string | null;
  readonly mark: RecordMark;
}

/** A listener that remembers all it was told, with an answer to `assigned` that a test may change. */
export interface Recording extends SourceListener {
  readonly records: SeenRecord[];
  readonly tables: Extract<SourceBatch, { kind: "table" }>[];
  readonly calls: string[];
  readonly errors: Error[];
  positions: (tasks: readonly number[]) => readonly Position[] | Promise<readonly Position[]>;
  onBatch: (batch: SourceBatch) => Promise<void> | void;
}

export function recordListener(positions: readonly Position[] = []): Recording {
  const recording: Recording = {
    records: [],
    tables: [],
    calls: [],
    errors: [],
    positions: () => positions,
    onBatch: () => {},
    async assigned(tasks) {
      recording.calls.push(`assigned ${tasks.join(",")}`);
      return recording.positions(tasks);
    },
    revoked(tasks) {
      recording.calls.push(`revoked ${tasks.join(",")}`);
    },
    async batch(batch) {
      if (batch.kind === "table") recording.tables.push(batch);
      else recording.records.push(...seenRecords(batch));
      await recording.onBatch(batch);
    },
    async deliver(deliveries) {
      for (const { stream, requests } of deliveries)
        await recording.batch(recordsOf(stream, [{ requests, offset: 0 }]));
      return deliveries.map(() => true);
    },
    async ended(stream, partition) {
      recording.calls.push(`ended ${stream}/${partition}`);
    },
    gap(stream, partition, expected, found) {
      recording.calls.push(`gap ${stream}/${partition} ${expected} ${found}`);
    },
    recreated(stream, partition, found) {
      recording.calls.push(`recreated ${stream}/${partition} ${found}`);
    },
    failed(error) {
      recording.errors.push(error);
    },
  };
  return recording;
}

function seenRecords(batch: Extract<SourceBatch, { kind: "records" }>): SeenRecord[] {
  const { stream, partition } = batch;
  return Array.from({ length: batch.count }, (_, index) => {
    const value = batch.values[index] ?? null;
    return {
      stream,
      partition,
      offset: batch.offsets[index] ?? Number.NaN,
      value: value === null ? null : Buffer.from(value).toString(),
      mark: markRecord(batch, index),
    };
  });
}

export function streamConfig(stream: Partial<StreamConfig> & { readonly name: string }): StreamConfig {
  return {
    role: "inference",
    format: "native",
    map: {},
    from: "latest",
    maxAhead: 300_000,
    idleAfter: 60_000,
    ...stream,
  };
}

/** Waits until `condition` holds; fails by saying what it waited for. */
export async function until(what: string, condition: () => boolean, timeout = 120_000): Promise<void> {
  const end = Date.now() + timeout;
  while (!condition()) {
    if (Date.now() > end) throw new Error(`waited ${timeout} ms in vain for: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
