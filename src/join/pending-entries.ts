import type { FoundEntries, IdList, IndexEntries } from "./entries.ts";

/**
 * Entries written since the last commit, found by id: an open-addressing table over typed arrays, so that a prediction
 * costs no object. The ids are keyed hashes already, so their low bits place them.
 */
export class PendingEntries {
  readonly width: number;
  private highs = new Uint32Array(FIRST_CAPACITY);
  private lows = new Uint32Array(FIRST_CAPACITY);
  private values: Float64Array;
  /** Entry number + 1; 0 is free. Twice as long as the entries, at least. */
  private slots = new Int32Array(4 * FIRST_CAPACITY);
  private used = 0;

  constructor(width: number) {
    this.width = width;
    this.values = new Float64Array(FIRST_CAPACITY * width);
  }

  get count(): number {
    return this.used;
  }

  /** Number of the entry of this id, -1 if there is none. */
  find(high: number, low: number): number {
    const mask = this.slots.length - 1;
    for (let slot = low & mask; ; slot = (slot + 1) & mask) {
      const entry = this.slots[slot] - 1;
      if (entry < 0) return -1;
      if (this.lows[entry] === low && this.highs[entry] === high) return entry;
    }
  }

  /** Number of the entry of this id, made with all fields 0 if it is new. */
  put(high: number, low: number): number {
    if (this.used === this.highs.length) this.grow();
    const mask = this.slots.length - 1;
    let slot = low & mask;
    for (let entry = this.slots[slot]; entry !== 0; entry = this.slots[slot]) {
      if (this.lows[entry - 1] === low && this.highs[entry - 1] === high) return entry - 1;
      slot = (slot + 1) & mask;
    }
    const entry = this.used++;
    this.slots[slot] = entry + 1;
    this.highs[entry] = high;
    this.lows[entry] = low;
    this.values.fill(0, entry * this.width, (entry + 1) * this.width);
    return entry;
  }

  field(entry: number, field: number): number {
    return this.values[entry * this.width + field];
  }

  set(entry: number, field: number, value: number): void {
    this.values[entry * this.width + field] = value;
  }

  /** The entries as the store takes them; copies, so that the table can go on. */
  export(index: string, expires: number): IndexEntries {
    return {
      index,
      high: this.highs.slice(0, this.used),
      low: this.lows.slice(0, this.used),
      count: this.used,
      fields: this.values.slice(0, this.used * this.width),
      width: this.width,
      expires,
    };
  }

  /** The same of some entries (by number), with their first `width` fields. */
  exportSome(
    entries: readonly number[],
    { index, expires, width }: { index: string; expires: number; width: number },
  ): IndexEntries {
    const fields = new Float64Array(entries.length * width);
    for (let i = 0; i < entries.length; i++) {
      const at = entries[i] * this.width;
      for (let k = 0; k < width; k++) fields[i * width + k] = this.values[at + k];
    }
    return {
      index,
      high: Uint32Array.from(entries, (entry) => this.highs[entry]),
      low: Uint32Array.from(entries, (entry) => this.lows[entry]),
      count: entries.length,
      fields,
      width,
      expires,
    };
  }

  clear(): void {
    if (this.used === 0) return;
    this.used = 0;
    this.slots.fill(0);
  }

  private grow(): void {
    const highs = new Uint32Array(this.highs.length * 2);
    highs.set(this.highs);
    this.highs = highs;
    const lows = new Uint32Array(this.lows.length * 2);
    lows.set(this.lows);
    this.lows = lows;
    const values = new Float64Array(this.values.length * 2);
    values.set(this.values);
    this.values = values;
    this.slots = new Int32Array(this.slots.length * 2);
    const mask = this.slots.length - 1;
    for (let entry = 0; entry < this.used; entry++) {
      let slot = this.lows[entry] & mask;
      while (this.slots[slot] !== 0) slot = (slot + 1) & mask;
      this.slots[slot] = entry + 1;
    }
  }
}

/** A task has a table for each of its models, most of which bring little. */
const FIRST_CAPACITY = 64;

/** What the store knows of a batch's ids; nothing, where it was not asked. */
export const NOTHING_FOUND: FoundEntries = {
  found: new Uint8Array(0),
  fields: new Float64Array(0),
  width: 0,
};

/** The ids of a batch's rows, as the store is asked for them. */
export function idsOf(batch: { idHigh: Uint32Array; idLow: Uint32Array; rows: number }): IdList {
  return { high: batch.idHigh, low: batch.idLow, count: batch.rows };
}
