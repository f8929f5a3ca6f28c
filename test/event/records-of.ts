import { createDecoder } from "../../src/event/decoder.ts";
import type { Decoder } from "../../src/event/decoder.ts";
import type { ColumnPlan, EventBatch, EventPlan } from "../../src/event/batch.ts";
import type { RecordBatch } from "../../src/event/records.ts";
import type { StreamConfig } from "../../src/config/config.ts";
import { publicKeys } from "../../src/event/ids.ts";

/** 2026-01-02T00:00:00Z */
export const NOW = Date.UTC(2026, 0, 2);

export function streamOf(given: Partial<StreamConfig> = {}): StreamConfig {
  return {
    name: "s",
    role: "inference",
    format: "native",
    map: {},
    from: "earliest",
    maxAhead: 300_000,
    idleAfter: 60_000,
    ...given,
  };
}

export function columnOf(given: Partial<ColumnPlan> & { readonly name: string }): ColumnPlan {
  return { type: "number", role: "feature", pii: false, categories: [], ...given };
}

export function planOf(columns: readonly ColumnPlan[], given: Partial<EventPlan> = {}): EventPlan {
  return { model: "m", needsId: false, columns, ...given };
}

export function decoderOf(plans: readonly EventPlan[], stream: StreamConfig = streamOf()): Decoder {
  return createDecoder({ stream, plans, key: publicKeys(), limits: { maxRecordBytes: 100_000 } });
}

type Value = Uint8Array | string | object | null;

/** Records at offsets 10, 11, ...; objects become JSON. The timestamp is NOW unless given. */
export function recordsOf(values: readonly Value[], given: Partial<RecordBatch> = {}): RecordBatch {
  return {
    kind: "records",
    stream: "s",
    partition: 0,
    count: values.length,
    offsets: Float64Array.from(values, (_, i) => 10 + i),
    timestamps: new Float64Array(values.length).fill(NOW),
    values: values.map(toBytes),
    keys: values.map(() => null),
    headers: values.map(() => undefined),
    end: 10 + values.length,
    ...given,
  };
}

function toBytes(value: Value): Uint8Array | null {
  if (value === null || value instanceof Uint8Array) return value;
  return Buffer.from(typeof value === "string" ? value : JSON.stringify(value));
}

/** The cells of a row by column: undefined where missing, "fault" where faulty. */
export function cellsOf(batch: EventBatch, row: number): (number | string | undefined)[] {
  const faults = new Set<number>();
  for (let i = 0; i < batch.faults; i++) {
    if (batch.faultRow[i] === row) faults.add(batch.faultColumn[i]);
  }
  return batch.columns.map((column, index) => {
    const isValid = ((column.validity[row >> 3] >> (row & 7)) & 1) === 1;
    if (faults.has(index)) return isValid ? "fault with a value" : "fault";
    if (column.type === "number") return isValid ? column.values[row] : undefined;
    return isValid ? (column.categories[column.codes[row]] ?? "unseen") : undefined;
  });
}
