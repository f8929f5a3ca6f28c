/** Ids of one piece of memory: the table grows by pieces, so that nothing that it holds is ever copied. */
const PIECE = 1 << 16;

/**
 * Numbers 64-bit ids from 0 in the order in which they first came, and keeps `width` numbers with each. Made for a whole
 * file of ids: 8 + 8 width bytes an id, and 5 to 11 more to find it. The ids are keyed hashes already, so their low bits
 * place them.
 */
export class IdTable {
  readonly width: number;
  private readonly highs: Uint32Array[] = [];
  private readonly lows: Uint32Array[] = [];
  private readonly values: Float64Array[] = [];
  /** Number + 1; 0 is free. At most three quarters are taken. */
  private slots = new Int32Array(4096);
  private used = 0;

  constructor(width: number) {
    this.width = width;
  }

  get count(): number {
    return this.used;
  }

  /** Number of the id, -1 where it is not known. */
  find(high: number, low: number): number {
    const mask = this.slots.length - 1;
    for (let slot = low & mask; ; slot = (slot + 1) & mask) {
      const entry = this.slots[slot] - 1;
      if (entry < 0 || this.isAt(entry, high, low)) return entry;
    }
  }

  /** Takes up an id that `find` does not know, with NaN for its numbers; answers its own number. */
  add(high: number, low: number): number {
    if (this.used >= this.slots.length * 0.75) this.widen();
    const entry = this.used++;
    const at = entry % PIECE;
    if (at === 0) {
      this.highs.push(new Uint32Array(PIECE));
      this.lows.push(new Uint32Array(PIECE));
      this.values.push(new Float64Array(PIECE * this.width).fill(Number.NaN));
    }
    const piece = this.highs.length - 1;
    this.highs[piece][at] = high;
    this.lows[piece][at] = low;
    this.place(entry, low);
    return entry;
  }

  field(entry: number, field: number): number {
    return this.values[Math.floor(entry / PIECE)][(entry % PIECE) * this.width + field];
  }

  set(entry: number, field: number, value: number): void {
    this.values[Math.floor(entry / PIECE)][(entry % PIECE) * this.width + field] = value;
  }

  private isAt(entry: number, high: number, low: number): boolean {
    const piece = Math.floor(entry / PIECE);
    const at = entry % PIECE;
    return this.lows[piece][at] === low && this.highs[piece][at] === high;
  }

  private place(entry: number, low: number): void {
    const mask = this.slots.length - 1;
    let slot = low & mask;
    while (this.slots[slot] !== 0) slot = (slot + 1) & mask;
    this.slots[slot] = entry + 1;
  }

  private widen(): void {
    this.slots = new Int32Array(this.slots.length * 2);
    for (let entry = 0; entry < this.used; entry++) {
      this.place(entry, this.lows[Math.floor(entry / PIECE)][entry % PIECE]);
    }
  }
}
