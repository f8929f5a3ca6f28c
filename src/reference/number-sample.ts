import type { EventBatch, NumberColumn } from "../event/batch.ts";
import { buildGrid } from "../counts/grid.ts";
import type { Grid } from "../counts/grid.ts";
import { mixBits } from "../counts/mix-bits.ts";

/** A grid needs no more values than this of a column: its quantiles are then within .1% of mass. 12 MB. */
const MOST_VALUES = 1 << 20;

/**
 * The values of one column that its grid is made from: all of them up to MOST_VALUES, then those whose running number has
 * a hash that ends in enough zeros, so that no rhythm of the rows can bias the choice and the same rows choose the same.
 */
export interface NumberSample {
  values: Float64Array;
  hashes: Uint32Array;
  kept: number;
  seen: number;
  mask: number;
  minimum: number;
  maximum: number;
}

export function createNumberSample(): NumberSample {
  return {
    values: new Float64Array(1 << 12),
    hashes: new Uint32Array(1 << 12),
    kept: 0,
    seen: 0,
    mask: 0,
    minimum: Number.POSITIVE_INFINITY,
    maximum: Number.NEGATIVE_INFINITY,
  };
}

/** Takes the values, finite or infinite, of the batch's sound rows. */
export function sampleNumbers(sample: NumberSample, batch: EventBatch, column: NumberColumn): void {
  for (let row = 0; row < batch.rows; row += 1) {
    const value = column.values[row];
    if (batch.reason[row] !== 0 || Number.isNaN(value)) continue;
    sample.seen += 1;
    if (Number.isFinite(value)) {
      if (value < sample.minimum) sample.minimum = value;
      if (value > sample.maximum) sample.maximum = value;
    }
    const hash = mixBits(sample.seen);
    if ((hash & sample.mask) !== 0) continue;
    if (sample.kept === sample.values.length) makeRoom(sample);
    if ((hash & sample.mask) !== 0) continue;
    sample.values[sample.kept] = value;
    sample.hashes[sample.kept] = hash;
    sample.kept += 1;
  }
}

/** The sample is used up: its values are sorted in place. */
export function gridOfSample(sample: NumberSample, bins: number): Grid {
  const grid = buildGrid(sample.values.subarray(0, sample.kept), bins);
  if (sample.minimum > sample.maximum) return grid;
  return { ...grid, minimum: sample.minimum + 0, maximum: sample.maximum + 0 };
}

function makeRoom(sample: NumberSample): void {
  if (sample.kept < MOST_VALUES) {
    const values = new Float64Array(2 * sample.kept);
    values.set(sample.values);
    sample.values = values;
    const hashes = new Uint32Array(2 * sample.kept);
    hashes.set(sample.hashes);
    sample.hashes = hashes;
    return;
  }
  sample.mask = 2 * sample.mask + 1;
  let kept = 0;
  for (let i = 0; i < sample.kept; i += 1) {
    if ((sample.hashes[i] & sample.mask) !== 0) continue;
    sample.values[kept] = sample.values[i];
    sample.hashes[kept] = sample.hashes[i];
    kept += 1;
  }
  sample.kept = kept;
}
