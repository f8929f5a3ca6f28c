/** 64-bit ids as two halves; the first `count` are meaningful. */
export interface IdList {
  readonly high: Uint32Array;
  readonly low: Uint32Array;
  readonly count: number;
}

/** Entries of one index, unsorted; a later entry of the same id replaces the earlier one. */
export interface IndexEntries extends IdList {
  readonly index: string;
  /** `width` float64 fields per entry, row after row. */
  readonly fields: Float64Array;
  readonly width: number;
  /** When the whole run may be dropped, ms since the epoch. */
  readonly expires: number;
}

/** Some entries of one index, as they are stored. */
export interface EntryBlock extends IdList {
  readonly fields: Float64Array;
  readonly width: number;
}

export interface FoundEntries {
  /** 1 where the id was found. */
  readonly found: Uint8Array;
  /** `width` fields per id asked for; zero where not found. */
  readonly fields: Float64Array;
  readonly width: number;
}
