import type { DroppedRecord } from "../event/dropped-records.ts";
import type { RecordHeaders, SourceBatch } from "../event/records.ts";
import type { RawRecord } from "./quarantine-entry.ts";

/** Copies of a dropped record's bytes. Undefined where it has none: a row of a table, and what was too large to be decoded. */
export function findRaw(batch: SourceBatch, { offset, reason }: DroppedRecord): RawRecord | undefined {
  if (batch.kind === "table" || reason === "oversize" || offset === undefined) return undefined;
  const at = positionOf(batch.offsets, batch.count, offset);
  const value = at < 0 ? null : batch.values[at];
  if (value === null || value === undefined) return undefined;
  const key = batch.keys[at];
  return {
    value: Buffer.from(value),
    ...(key && { key: Buffer.from(key) }),
    headers: copyOf(batch.headers[at]),
  };
}

function copyOf(headers: RecordHeaders | undefined): [string, Buffer][] {
  return Object.entries(headers ?? {}).flatMap(([name, values]) =>
    [values ?? []].flat().map((value): [string, Buffer] => [name, Buffer.from(value)]),
  );
}

/** Offsets rise. -1 where none is that. */
function positionOf(offsets: Float64Array, count: number, offset: number): number {
  let from = 0;
  let to = count;
  while (from < to) {
    const middle = (from + to) >> 1;
    if (offsets[middle] < offset) from = middle + 1;
    else to = middle;
  }
  return from < count && offsets[from] === offset ? from : -1;
}
