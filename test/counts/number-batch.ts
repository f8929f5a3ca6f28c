import type { BatchColumn, EventBatch, NumberColumn } from "../../src/event/batch.ts";

/** A column whose missing cells are `undefined`; a NaN is one that was sent. */
export function numberColumn(cells: readonly (number | undefined)[]): NumberColumn {
  const validity = new Uint8Array((cells.length + 7) >> 3);
  for (const [row, cell] of cells.entries()) {
    if (cell !== undefined) validity[row >> 3] |= 1 << (row & 7);
  }
  return { type: "number", values: Float64Array.from(cells, (cell) => cell ?? Number.NaN), validity };
}

/** A batch of given columns with nothing wrong in it. */
export function batchOf(columns: readonly BatchColumn[], rows: number): EventBatch {
  return {
    plan: { model: "m", needsId: false, columns: [] },
    capacity: rows,
    rows,
    offset: new Float64Array(rows),
    recordTime: new Float64Array(rows),
    time: new Float64Array(rows),
    reason: new Uint8Array(rows),
    envelope: new Uint8Array(rows),
    version: new Int32Array(rows),
    versions: [""],
    idHigh: new Uint32Array(rows),
    idLow: new Uint32Array(rows),
    rowsOfRecord: new Uint32Array(rows),
    rowInRecord: new Uint32Array(rows),
    columns,
    faults: 0,
    faultRow: new Uint32Array(rows * Math.max(1, columns.length)),
    faultColumn: new Uint16Array(rows * Math.max(1, columns.length)),
  };
}
