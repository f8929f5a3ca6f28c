import type { Tick } from "../../config/tick.ts";
import type { DecodedRecords } from "../../event/batch.ts";
import type { Decoder } from "../../event/decoder.ts";
import { createRefusedRecords } from "../../event/refusal.ts";

interface PassingOver {
  readonly decoders: ReadonlyMap<string, Decoder>;
  /** Rows passed over, by stream. */
  readonly passedOver: ReadonlyMap<string, number>;
  /** The oldest event time of the rest, ms, by stream. */
  readonly oldest: ReadonlyMap<string, number>;
}

/**
 * The same decoders, on a wall clock that stands still, and giving nothing of batches that hold no row of `from` (ms) or
 * later. A batch is passed over whole or not at all: what a few early rows add to panes before `from` nobody is told of.
 */
export function passOverBefore(
  decoders: ReadonlyMap<string, Decoder>,
  { from, receivedAt }: { readonly from?: number; readonly receivedAt: Tick },
): PassingOver {
  const passedOver = new Map<string, number>();
  const oldest = new Map<string, number>();
  const keep = (decoded: DecodedRecords): DecodedRecords => {
    const { stream, rows } = decoded;
    const span = spanOf(decoded);
    if (from !== undefined && span.newest < from && span.oldest <= span.newest) {
      passedOver.set(stream, (passedOver.get(stream) ?? 0) + rows);
      return withoutRows(decoded);
    }
    oldest.set(stream, Math.min(oldest.get(stream) ?? Number.POSITIVE_INFINITY, span.oldest));
    return decoded;
  };
  const wrap = (decoder: Decoder): Decoder => ({
    ...decoder,
    decode: (batch) => keep(decoder.decode(batch, receivedAt)),
    decodeTable: (table) => keep(decoder.decodeTable(table, receivedAt)),
  });
  return {
    decoders: new Map([...decoders].map(([name, decoder]) => [name, wrap(decoder)])),
    passedOver,
    oldest,
  };
}

/** Between which event times the rows stand, ms; from Infinity to -Infinity where none has a time. */
function spanOf({ batches }: DecodedRecords): { readonly oldest: number; readonly newest: number } {
  let oldest = Number.POSITIVE_INFINITY;
  let newest = Number.NEGATIVE_INFINITY;
  for (const { time, rows } of batches) {
    for (let row = 0; row < rows; row++) {
      if (time[row] < oldest) oldest = time[row];
      if (time[row] > newest) newest = time[row];
    }
  }
  return { oldest, newest };
}

const NO_TIMES = new Float64Array(0);
const NO_ROWS = new Uint32Array(0);

function withoutRows({ stream, partition, sequence, nextOffset }: DecodedRecords): DecodedRecords {
  return {
    stream,
    partition,
    batches: [],
    sequence,
    rows: 0,
    ledger: { decoded: 0, undecodable: 0, ignored: 0, oversize: 0 },
    undecodableTime: NO_TIMES,
    undecodableAfter: NO_ROWS,
    refused: createRefusedRecords(),
    nextOffset,
    unroutable: {},
  };
}
