import { crc32 } from "node:zlib";
import type { SourceBatch } from "../event/records.ts";
import { markRow, type RecordMark } from "./record-mark.ts";
import type { RowsOptions } from "./row-batch.ts";
import { readRows } from "./rows.ts";

/**
 * Whether a file is still the one that was read up to `firstOffset`: it is as long as that, and the record before it is the
 * one that was marked, or the first row of a table. Reads the file up to there.
 */
export async function isSameFile(options: RowsOptions, last: RecordMark | undefined): Promise<boolean> {
  const before = options.firstOffset - 1;
  const found = await readFirst({ ...options, firstOffset: before });
  if (found?.kind === "records") {
    return found.offsets[0] === before && (last === undefined || beginsWith(found.values[0], last.crc));
  }
  if (found?.firstOffset !== before) return false;
  if (last === undefined) return true;
  const first = await readFirst({ ...options, firstOffset: 0 });
  return first?.kind === "table" && markRow(first, 0).crc === last.crc;
}

async function readFirst(options: RowsOptions): Promise<SourceBatch | undefined> {
  const rows = readRows(options);
  try {
    const found = await rows.next();
    return found.done === true ? undefined : found.value;
  } finally {
    await rows.return();
  }
}

/**
 * A line has no timestamp of its own: its bytes are all that a mark knows of it. The last line of a file may have been read
 * before it was whole, so it is the same line if it begins as the marked one.
 */
function beginsWith(line: Uint8Array | null | undefined, crc: number): boolean {
  if (line === null || line === undefined) return crc === 0;
  if (crc32(line) === crc) return true;
  let running = 0;
  for (let at = 0; at < line.length; at++) {
    running = crc32(line.subarray(at, at + 1), running);
    if (running === crc) return true;
  }
  return false;
}
