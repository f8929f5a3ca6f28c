import { crc32 } from "node:zlib";
import type { EventBatch } from "../event/batch.ts";
import { createSpan, setSpan } from "../event/byte-table.ts";
import { createSipHash, hashId } from "../event/ids.ts";

/**
 * A hash of 64 bits of each row, by which few of many are chosen: neither the order in which they come nor how they are cut
 * into batches or tasks decides which have the smallest.
 */
export class RowRank {
  /** Of the row that was asked for last: unsigned halves. */
  high = 0;
  low = 0;
  private readonly sip = createSipHash(RANKING_KEY);
  /** Where a record stands, as bytes; `span` points at them. */
  private readonly place = new DataView(new ArrayBuffer(PLACE.length));
  private readonly span = createSpan();

  constructor() {
    setSpan(this.span, new Uint8Array(this.place.buffer), 0, PLACE.length);
  }

  /** Which partition the next rows are of. */
  begin(stream: string, partition: number): void {
    this.place.setUint32(PLACE.stream, crc32(stream));
    this.place.setUint32(PLACE.partition, partition);
  }

  /** The id's hash where there is one, which nobody without the key can foresee; else the hash of where the record stands. */
  read(batch: EventBatch, row: number): void {
    this.high = batch.idHigh[row];
    this.low = batch.idLow[row];
    if (this.high !== 0 || this.low !== 0) return;
    this.place.setFloat64(PLACE.offset, batch.offset[row]);
    this.place.setUint32(PLACE.row, batch.rowInRecord[row]);
    hashId(this.sip, this.span);
    this.high = this.sip.high;
    this.low = this.sip.low;
  }

  /** Sixteen hexadecimal digits, which sort as the hashes do. */
  text(): string {
    return hexOf(this.high) + hexOf(this.low);
  }
}

const PLACE = { stream: 0, partition: 4, row: 8, offset: 12, length: 20 } as const;

/** Sixteen bytes; a fixed key, since places in a stream are no secret. */
const RANKING_KEY = Uint8Array.from({ length: 16 }, (_, i) => i);

function hexOf(half: number): string {
  return half.toString(16).padStart(8, "0");
}
