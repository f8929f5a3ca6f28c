/** Why a record gave no row: a closed list. `unknown-model`: it was read, and no model of its stream has its name. */
export const REFUSALS = ["undecodable", "ignored", "oversize", "unknown-model"] as const;

export type Refusal = (typeof REFUSALS)[number];

/** Records that gave no row, in offset order; only the first `count` are meaningful. Used again from call to call. */
export interface RefusedRecords {
  count: number;
  offsets: Float64Array;
  /** Position in REFUSALS. */
  why: Uint8Array;
}

export function createRefusedRecords(): RefusedRecords {
  return { count: 0, offsets: new Float64Array(64), why: new Uint8Array(64) };
}

export function addRefusal(refused: RefusedRecords, offset: number, refusal: Refusal): void {
  if (refused.count === refused.offsets.length) {
    const offsets = new Float64Array(refused.count * 2);
    offsets.set(refused.offsets);
    refused.offsets = offsets;
    const why = new Uint8Array(refused.count * 2);
    why.set(refused.why);
    refused.why = why;
  }
  refused.offsets[refused.count] = offset;
  refused.why[refused.count] = REFUSALS.indexOf(refusal);
  refused.count++;
}
